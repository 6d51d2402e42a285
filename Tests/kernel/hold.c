/* hold: opens what it is told to, says what the kernel answered, and holds it until SIGTERM.
 *
 *   hold open PATH...          the paths, only opened
 *   hold group NUMBER ADDRESS  container, group and device descriptor of a device
 *   hold cdev PATH             iommufd, the device bound to it and attached to an IOAS
 *
 * One line a call: its name, then `ok` or the errno's name. After a refusal it ends with 1; when everything is open it
 * says `holding`. Debian 12's headers do not know iommufd, so the few structures stand here (include/uapi/linux/
 * vfio.h and iommufd.h of 6.12).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
  SET_IOMMU = 0x3b66, GROUP_GET_STATUS = 0x3b67, GROUP_SET_CONTAINER = 0x3b68, GROUP_GET_DEVICE_FD = 0x3b6a,
  BIND_IOMMUFD = 0x3b76, ATTACH_IOMMUFD_PT = 0x3b77, IOAS_ALLOC = 0x3b81, TYPE1V2 = 3
};

struct bind_iommufd { uint32_t argsz, flags; int32_t iommufd; uint32_t out_devid; };
struct attach_iommufd_pt { uint32_t argsz, flags, pt_id; };
struct ioas_alloc { uint32_t size, flags, out_ioas_id; };
struct group_status { uint32_t argsz, flags; };

_Static_assert(sizeof(struct bind_iommufd) == 16 && sizeof(struct attach_iommufd_pt) == 12 &&
               sizeof(struct ioas_alloc) == 12 && sizeof(struct group_status) == 8, "the kernel's own sizes");

/* Says what a call answered; a refusal ends the program, which gives everything back. */
static int told(const char *call, int answer) {
  printf("%s %s\n", call, answer < 0 ? strerrorname_np(errno) : "ok");
  if (answer < 0) exit(1);
  return answer;
}

static int opened(const char *path) {
  char call[256];
  snprintf(call, sizeof call, "open %s", path);
  return told(call, open(path, O_RDWR | O_CLOEXEC));
}

static void hold_group(const char *number, const char *address) {
  char path[64];
  snprintf(path, sizeof path, "/dev/vfio/%s", number);
  int container = opened("/dev/vfio/vfio"), group = opened(path);
  struct group_status status = {.argsz = sizeof status};
  told("GROUP_GET_STATUS", ioctl(group, GROUP_GET_STATUS, &status));
  printf("viable %s\n", status.flags & 1 ? "yes" : "no");
  told("SET_CONTAINER", ioctl(group, GROUP_SET_CONTAINER, &container));
  told("SET_IOMMU", ioctl(container, SET_IOMMU, TYPE1V2));
  told("GET_DEVICE_FD", ioctl(group, GROUP_GET_DEVICE_FD, address));
}

static void hold_cdev(const char *path) {
  int iommufd = opened("/dev/iommu"), device = opened(path);
  struct bind_iommufd bind = {.argsz = sizeof bind, .iommufd = iommufd};
  told("BIND_IOMMUFD", ioctl(device, BIND_IOMMUFD, &bind));
  struct ioas_alloc alloc = {.size = sizeof alloc};
  told("IOAS_ALLOC", ioctl(iommufd, IOAS_ALLOC, &alloc));
  struct attach_iommufd_pt attach = {.argsz = sizeof attach, .pt_id = alloc.out_ioas_id};
  told("ATTACH_IOMMUFD_PT", ioctl(device, ATTACH_IOMMUFD_PT, &attach));
}

int main(int count, char **words) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (count > 2 && !strcmp(words[1], "open")) {
    for (int word = 2; word < count; word++) opened(words[word]);
  } else if (count == 4 && !strcmp(words[1], "group")) {
    hold_group(words[2], words[3]);
  } else if (count == 3 && !strcmp(words[1], "cdev")) {
    hold_cdev(words[2]);
  } else {
    fprintf(stderr, "hold open PATH... | group NUMBER ADDRESS | cdev PATH\n");
    return 64;
  }
  printf("holding\n");
  for (;;) pause();
}
