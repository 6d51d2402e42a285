/* given: an unprivileged program that was handed open descriptors, and shows that they are good for something.
 *
 *   given iommufd FD IOAS DEVICE...   maps a page into the IOAS, asks each device what it is, unmaps
 *   given container FD GROUP DEVICE   maps a page into the container, asks the group and the device, unmaps
 *   given bind FD DEVICE              the iommufd and the device are open only: binds, attaches, maps, unmaps
 *   given limit FD IOAS PAGES         maps until it is refused or PAGES are mapped; says how many
 *
 * First a line `uid UID no_new_privs N open N...` (every descriptor above 2); then one line a call: its name, then `ok`
 * or the errno's name. With GIVEN_HOLDS set it says `holding` afterwards, with everything mapped, and waits until it is
 * killed or told to end (SIGTERM: 0). The structures are those of include/uapi/linux/vfio.h and iommufd.h of 6.12.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
  GROUP_GET_STATUS = 0x3b67, DEVICE_GET_INFO = 0x3b6b, MAP_DMA = 0x3b71, UNMAP_DMA = 0x3b72, BIND_IOMMUFD = 0x3b76,
  ATTACH_IOMMUFD_PT = 0x3b77, IOAS_ALLOC = 0x3b81, IOAS_MAP = 0x3b85, IOAS_UNMAP = 0x3b86, PAGE = 4096, IOVA = 0x100000
};

struct group_status { uint32_t argsz, flags; };
struct device_info { uint32_t argsz, flags, regions, irqs, caps, pad; };
struct dma_map { uint32_t argsz, flags; uint64_t vaddr, iova, size; };
struct dma_unmap { uint32_t argsz, flags; uint64_t iova, size; };
struct bind_iommufd { uint32_t argsz, flags; int32_t iommufd; uint32_t out_devid; };
struct attach_iommufd_pt { uint32_t argsz, flags, pt_id; };
struct ioas_alloc { uint32_t size, flags, out_ioas_id; };
struct ioas_map { uint32_t size, flags, ioas_id, reserved; uint64_t user_va, length, iova; };
struct ioas_unmap { uint32_t size, ioas_id; uint64_t iova, length; };

_Static_assert(sizeof(struct device_info) == 24 && sizeof(struct dma_map) == 32 && sizeof(struct dma_unmap) == 24 &&
               sizeof(struct ioas_map) == 40 && sizeof(struct ioas_unmap) == 24 && sizeof(struct bind_iommufd) == 16,
               "the kernel's own sizes");

static int failed;

static int told(const char *call, int answer) {
  printf("%s %s\n", call, answer < 0 ? strerrorname_np(errno) : "ok");
  if (answer < 0) failed = 1;
  return answer;
}

static char *memory(size_t pages) {
  char *place = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) exit(2);
  memset(place, 1, pages * PAGE);
  return place;
}

static int map_ioas(int iommufd, uint32_t ioas, char *place, uint64_t iova) {
  struct ioas_map map = {.size = sizeof map, .flags = 7, .ioas_id = ioas, .user_va = (uintptr_t)place, .length = PAGE,
                         .iova = iova};
  return ioctl(iommufd, IOAS_MAP, &map);
}

static void ask(int device) {
  struct device_info info = {.argsz = sizeof info};
  told("DEVICE_GET_INFO", ioctl(device, DEVICE_GET_INFO, &info));
  uint16_t vendor = 0;
  /* Configuration space is region 7: index << 40. */
  told("read", pread(device, &vendor, 2, (off_t)7 << 40) == 2 ? 0 : -1);
  printf("vendor %04x\n", vendor);
}

static void hold(void) {
  if (!getenv("GIVEN_HOLDS")) return;
  printf("holding\n");
  for (;;) pause();
}

static void use_ioas(int iommufd, uint32_t ioas) {
  told("IOAS_MAP", map_ioas(iommufd, ioas, memory(1), IOVA));
  hold();
  struct ioas_unmap unmap = {.size = sizeof unmap, .ioas_id = ioas, .iova = IOVA, .length = PAGE};
  told("IOAS_UNMAP", ioctl(iommufd, IOAS_UNMAP, &unmap));
}

static void use_container(int container, int group, int device) {
  struct group_status status = {.argsz = sizeof status};
  told("GROUP_GET_STATUS", ioctl(group, GROUP_GET_STATUS, &status));
  printf("status %x\n", status.flags);
  ask(device);
  struct dma_map map = {.argsz = sizeof map, .flags = 3, .vaddr = (uintptr_t)memory(1), .iova = IOVA, .size = PAGE};
  told("MAP_DMA", ioctl(container, MAP_DMA, &map));
  hold();
  struct dma_unmap unmap = {.argsz = sizeof unmap, .iova = IOVA, .size = PAGE};
  told("UNMAP_DMA", ioctl(container, UNMAP_DMA, &unmap));
}

static void bind_both(int iommufd, int device) {
  struct bind_iommufd bind = {.argsz = sizeof bind, .iommufd = iommufd};
  if (told("BIND_IOMMUFD", ioctl(device, BIND_IOMMUFD, &bind)) < 0) return;
  struct ioas_alloc alloc = {.size = sizeof alloc};
  told("IOAS_ALLOC", ioctl(iommufd, IOAS_ALLOC, &alloc));
  struct attach_iommufd_pt attach = {.argsz = sizeof attach, .pt_id = alloc.out_ioas_id};
  told("ATTACH_IOMMUFD_PT", ioctl(device, ATTACH_IOMMUFD_PT, &attach));
  ask(device);
  use_ioas(iommufd, alloc.out_ioas_id);
}

static void fill(int iommufd, uint32_t ioas, int pages) {
  char *place = memory((size_t)pages);
  int done = 0;
  while (done < pages && map_ioas(iommufd, ioas, place + (size_t)done * PAGE, IOVA + (uint64_t)done * PAGE) == 0) done++;
  printf("mapped %d%s%s\n", done, done < pages ? " then " : "", done < pages ? strerrorname_np(errno) : "");
}

static void introduce(void) {
  printf("uid %d no_new_privs %d open", (int)getuid(), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  DIR *folder = opendir("/proc/self/fd");
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    int number = atoi(entry->d_name);
    if (number > 2 && number != dirfd(folder)) printf(" %d", number);
  }
  if (folder) closedir(folder);
  printf("\n");
}

static void end(int signal) {
  (void)signal;
  _exit(0);
}

int main(int count, char **words) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGTERM, end);
  introduce();
  int numbers[64] = {0};
  for (int word = 2; word < count && word < 64; word++) numbers[word] = atoi(words[word]);
  if (count >= 5 && !strcmp(words[1], "iommufd")) {
    for (int word = 4; word < count; word++) ask(numbers[word]);
    use_ioas(numbers[2], (uint32_t)numbers[3]);
  } else if (count == 5 && !strcmp(words[1], "container")) {
    use_container(numbers[2], numbers[3], numbers[4]);
  } else if (count == 4 && !strcmp(words[1], "bind")) {
    bind_both(numbers[2], numbers[3]);
  } else if (count == 5 && !strcmp(words[1], "limit")) {
    fill(numbers[2], (uint32_t)numbers[3], numbers[4]);
  } else {
    fprintf(stderr, "given iommufd FD IOAS DEVICE... | container FD GROUP DEVICE | bind FD DEVICE | limit FD IOAS PAGES\n");
    return 64;
  }
  return failed;
}
