#include "uapi.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static long answer(long result) { return result < 0 ? -(long)errno : result; }

long cl_ioctl(int descriptor, unsigned long request, unsigned long argument) {
  return answer(ioctl(descriptor, request, argument));
}

long cl_ioctl_at(int descriptor, unsigned long request, void *argument) {
  return answer(ioctl(descriptor, request, argument));
}

long cl_open_node(const char *path) { return answer(open(path, O_RDWR | O_CLOEXEC | O_NOCTTY)); }

long cl_memory(size_t size, void **memory) {
  void *found = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (found == MAP_FAILED) return -(long)errno;
  *memory = found;
  return 0;
}

void cl_free_memory(void *memory, size_t size) { munmap(memory, size); }

long cl_try_mapping(int descriptor, uint64_t offset, size_t size) {
  void *found = mmap(NULL, size, PROT_READ, MAP_SHARED, descriptor, (off_t)offset);
  if (found == MAP_FAILED) return -(long)errno;
  munmap(found, size);
  return 0;
}

long cl_try_writing(int descriptor, uint64_t offset) { return answer(pwrite(descriptor, "", 0, (off_t)offset)); }

struct cl_vfio_pci_dependent_device cl_reset_device(const void *info, uint32_t place) {
  struct cl_vfio_pci_dependent_device device;
  const char *list = (const char *)info + sizeof(struct cl_vfio_pci_hot_reset_info);
  memcpy(&device, list + place * sizeof device, sizeof device);
  return device;
}

#define SIZE(type, bytes) _Static_assert(sizeof(struct type) == (bytes), #type)
#define AT(type, field, place) _Static_assert(offsetof(struct type, field) == (place), #type "." #field)

SIZE(cl_vfio_group_status, 8);
AT(cl_vfio_group_status, flags, 4);
SIZE(cl_vfio_device_info, 24);
AT(cl_vfio_device_info, num_regions, 8);
AT(cl_vfio_device_info, num_irqs, 12);
AT(cl_vfio_device_info, cap_offset, 16);
SIZE(cl_vfio_region_info, 32);
AT(cl_vfio_region_info, index, 8);
AT(cl_vfio_region_info, cap_offset, 12);
AT(cl_vfio_region_info, size, 16);
AT(cl_vfio_region_info, offset, 24);
SIZE(cl_vfio_irq_info, 16);
AT(cl_vfio_irq_info, index, 8);
AT(cl_vfio_irq_info, count, 12);
SIZE(cl_vfio_pci_dependent_device, 8);
AT(cl_vfio_pci_dependent_device, segment, 4);
AT(cl_vfio_pci_dependent_device, bus, 6);
AT(cl_vfio_pci_dependent_device, devfn, 7);
SIZE(cl_vfio_pci_hot_reset_info, 12);
AT(cl_vfio_pci_hot_reset_info, count, 8);
SIZE(cl_vfio_device_bind_iommufd, 16);
AT(cl_vfio_device_bind_iommufd, iommufd, 8);
AT(cl_vfio_device_bind_iommufd, out_devid, 12);
SIZE(cl_vfio_device_attach_iommufd_pt, 12);
AT(cl_vfio_device_attach_iommufd_pt, pt_id, 8);
SIZE(cl_vfio_device_detach_iommufd_pt, 8);
SIZE(cl_vfio_iommu_type1_info, 24);
AT(cl_vfio_iommu_type1_info, iova_pgsizes, 8);
AT(cl_vfio_iommu_type1_info, cap_offset, 16);
SIZE(cl_vfio_iommu_type1_dma_map, 32);
AT(cl_vfio_iommu_type1_dma_map, vaddr, 8);
AT(cl_vfio_iommu_type1_dma_map, iova, 16);
AT(cl_vfio_iommu_type1_dma_map, size, 24);
SIZE(cl_vfio_iommu_type1_dma_unmap, 24);
AT(cl_vfio_iommu_type1_dma_unmap, iova, 8);
AT(cl_vfio_iommu_type1_dma_unmap, size, 16);
SIZE(cl_iommu_destroy, 8);
AT(cl_iommu_destroy, id, 4);
SIZE(cl_iommu_ioas_alloc, 12);
AT(cl_iommu_ioas_alloc, out_ioas_id, 8);
SIZE(cl_iommu_iova_range, 16);
AT(cl_iommu_iova_range, last, 8);
SIZE(cl_iommu_ioas_iova_ranges, 32);
AT(cl_iommu_ioas_iova_ranges, num_iovas, 8);
AT(cl_iommu_ioas_iova_ranges, allowed_iovas, 16);
AT(cl_iommu_ioas_iova_ranges, out_iova_alignment, 24);
SIZE(cl_iommu_ioas_allow_iovas, 24);
AT(cl_iommu_ioas_allow_iovas, num_iovas, 8);
AT(cl_iommu_ioas_allow_iovas, allowed_iovas, 16);
SIZE(cl_iommu_ioas_map, 40);
AT(cl_iommu_ioas_map, ioas_id, 8);
AT(cl_iommu_ioas_map, user_va, 16);
AT(cl_iommu_ioas_map, length, 24);
AT(cl_iommu_ioas_map, iova, 32);
SIZE(cl_iommu_ioas_copy, 40);
AT(cl_iommu_ioas_copy, dst_ioas_id, 8);
AT(cl_iommu_ioas_copy, src_ioas_id, 12);
AT(cl_iommu_ioas_copy, length, 16);
AT(cl_iommu_ioas_copy, dst_iova, 24);
AT(cl_iommu_ioas_copy, src_iova, 32);
SIZE(cl_iommu_ioas_unmap, 24);
AT(cl_iommu_ioas_unmap, iova, 8);
AT(cl_iommu_ioas_unmap, length, 16);
SIZE(cl_iommu_vfio_ioas, 12);
AT(cl_iommu_vfio_ioas, op, 8);
SIZE(cl_iommu_hwpt_alloc, 48);
AT(cl_iommu_hwpt_alloc, dev_id, 8);
AT(cl_iommu_hwpt_alloc, pt_id, 12);
AT(cl_iommu_hwpt_alloc, out_hwpt_id, 16);
AT(cl_iommu_hwpt_alloc, data_type, 24);
AT(cl_iommu_hwpt_alloc, data_uptr, 32);
AT(cl_iommu_hwpt_alloc, fault_id, 40);
