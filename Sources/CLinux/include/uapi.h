// VFIO's and iommufd's calls and arguments as Linux 6.12 has them (include/uapi/linux/vfio.h, iommufd.h), declared here
// because the headers of older distributions lack half of them. uapi.c asserts every size and offset.
#ifndef VIABLE_UAPI_H
#define VIABLE_UAPI_H

#include <stddef.h>
#include <stdint.h>

// Every call is _IO(';', n): no size is encoded, and the same number means another thing on another descriptor.
enum {
  CL_VFIO_GET_API_VERSION = 0x3b64,
  CL_VFIO_CHECK_EXTENSION = 0x3b65,
  CL_VFIO_SET_IOMMU = 0x3b66,
  CL_VFIO_GROUP_GET_STATUS = 0x3b67,
  CL_VFIO_GROUP_SET_CONTAINER = 0x3b68,
  CL_VFIO_GROUP_UNSET_CONTAINER = 0x3b69,
  CL_VFIO_GROUP_GET_DEVICE_FD = 0x3b6a,
  CL_VFIO_DEVICE_GET_INFO = 0x3b6b,
  CL_VFIO_DEVICE_GET_REGION_INFO = 0x3b6c,
  CL_VFIO_DEVICE_GET_IRQ_INFO = 0x3b6d,
  CL_VFIO_DEVICE_GET_PCI_HOT_RESET_INFO = 0x3b70,
  CL_VFIO_DEVICE_PCI_HOT_RESET = 0x3b71,
  CL_VFIO_DEVICE_BIND_IOMMUFD = 0x3b76,
  CL_VFIO_DEVICE_ATTACH_IOMMUFD_PT = 0x3b77,
  CL_VFIO_DEVICE_DETACH_IOMMUFD_PT = 0x3b78,
  CL_VFIO_IOMMU_GET_INFO = 0x3b70,
  CL_VFIO_IOMMU_MAP_DMA = 0x3b71,
  CL_VFIO_IOMMU_UNMAP_DMA = 0x3b72,
  CL_IOMMU_DESTROY = 0x3b80,
  CL_IOMMU_IOAS_ALLOC = 0x3b81,
  CL_IOMMU_IOAS_ALLOW_IOVAS = 0x3b82,
  CL_IOMMU_IOAS_COPY = 0x3b83,
  CL_IOMMU_IOAS_IOVA_RANGES = 0x3b84,
  CL_IOMMU_IOAS_MAP = 0x3b85,
  CL_IOMMU_IOAS_UNMAP = 0x3b86,
  CL_IOMMU_VFIO_IOAS = 0x3b88,
  CL_IOMMU_HWPT_ALLOC = 0x3b89,
  // The last number of the family, which nothing answers to.
  CL_NO_SUCH_CALL = 0x3bff,
};

// ioctl(2) with a number, a pointer or nothing; it is variadic, which Swift does not import.
long cl_ioctl(int descriptor, unsigned long request, unsigned long argument);
// ioctl(2) with a pointer to one of the structs below.
long cl_ioctl_at(int descriptor, unsigned long request, void *argument);
// open(2) for reading and writing, as every VFIO node is opened; always O_CLOEXEC.
long cl_open_node(const char *path);
// Anonymous private memory, readable and writable; the address goes to *memory.
long cl_memory(size_t size, void **memory);
void cl_free_memory(void *memory, size_t size);
// Maps a part of a descriptor and takes it away again: whether it could be.
long cl_try_mapping(int descriptor, uint64_t offset, size_t size);
// pwrite(2) of nothing: what the descriptor's access check says, and no effect.
long cl_try_writing(int descriptor, uint64_t offset);

struct cl_vfio_group_status {
  uint32_t argsz, flags;
};
struct cl_vfio_device_info {
  uint32_t argsz, flags, num_regions, num_irqs, cap_offset, pad;
};
enum { CL_VFIO_DEVICE_FLAGS_RESET = 1, CL_VFIO_DEVICE_FLAGS_PCI = 2 };
struct cl_vfio_region_info {
  uint32_t argsz, flags, index, cap_offset;
  uint64_t size, offset;
};
enum { CL_VFIO_REGION_READ = 1, CL_VFIO_REGION_WRITE = 2, CL_VFIO_REGION_MMAP = 4, CL_VFIO_REGION_CAPS = 8 };
struct cl_vfio_irq_info {
  uint32_t argsz, flags, index, count;
};
enum { CL_VFIO_IRQ_EVENTFD = 1, CL_VFIO_IRQ_MASKABLE = 2, CL_VFIO_IRQ_AUTOMASKED = 4, CL_VFIO_IRQ_NORESIZE = 8 };
struct cl_vfio_pci_dependent_device {
  uint32_t owner;  // the group; or the iommufd's device number, 0 owned, -1 not owned
  uint16_t segment;
  uint8_t bus, devfn;
};
struct cl_vfio_pci_hot_reset_info {
  uint32_t argsz, flags, count;
};
enum { CL_VFIO_RESET_DEV_ID = 1, CL_VFIO_RESET_DEV_ID_OWNED = 2 };
// What stands at a place of the list behind a cl_vfio_pci_hot_reset_info.
struct cl_vfio_pci_dependent_device cl_reset_device(const void *info, uint32_t place);

struct cl_vfio_device_bind_iommufd {
  uint32_t argsz, flags;
  int32_t iommufd;
  uint32_t out_devid;
};
struct cl_vfio_device_attach_iommufd_pt {
  uint32_t argsz, flags, pt_id;
};
struct cl_vfio_device_detach_iommufd_pt {
  uint32_t argsz, flags;
};
struct cl_vfio_iommu_type1_info {
  uint32_t argsz, flags;
  uint64_t iova_pgsizes;
  uint32_t cap_offset, pad;
};
enum { CL_VFIO_DMA_READ = 1, CL_VFIO_DMA_WRITE = 2 };
struct cl_vfio_iommu_type1_dma_map {
  uint32_t argsz, flags;
  uint64_t vaddr, iova, size;
};
struct cl_vfio_iommu_type1_dma_unmap {
  uint32_t argsz, flags;
  uint64_t iova, size;
};

struct cl_iommu_destroy {
  uint32_t size, id;
};
struct cl_iommu_ioas_alloc {
  uint32_t size, flags, out_ioas_id;
};
struct cl_iommu_iova_range {
  uint64_t start, last;
};
struct cl_iommu_ioas_iova_ranges {
  uint32_t size, ioas_id, num_iovas, reserved;
  uint64_t allowed_iovas, out_iova_alignment;
};
struct cl_iommu_ioas_allow_iovas {
  uint32_t size, ioas_id, num_iovas, reserved;
  uint64_t allowed_iovas;
};
enum { CL_IOMMU_FIXED_IOVA = 1, CL_IOMMU_WRITEABLE = 2, CL_IOMMU_READABLE = 4 };
struct cl_iommu_ioas_map {
  uint32_t size, flags, ioas_id, reserved;
  uint64_t user_va, length, iova;
};
struct cl_iommu_ioas_copy {
  uint32_t size, flags, dst_ioas_id, src_ioas_id;
  uint64_t length, dst_iova, src_iova;
};
struct cl_iommu_ioas_unmap {
  uint32_t size, ioas_id;
  uint64_t iova, length;
};
enum { CL_IOMMU_VFIO_IOAS_GET = 0, CL_IOMMU_VFIO_IOAS_SET = 1, CL_IOMMU_VFIO_IOAS_CLEAR = 2 };
struct cl_iommu_vfio_ioas {
  uint32_t size, ioas_id;
  uint16_t op, reserved;
};
struct cl_iommu_hwpt_alloc {
  uint32_t size, flags, dev_id, pt_id, out_hwpt_id, reserved, data_type, data_len;
  uint64_t data_uptr;
  uint32_t fault_id, reserved2;
};

#endif
