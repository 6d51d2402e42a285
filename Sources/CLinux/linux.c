#include "CLinux.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

// fs/sysfs: SYSFS_MAGIC of linux/magic.h, which Debian puts into another package.
enum { SYSFS = 0x62656572 };

static long answer(long result) { return result < 0 ? -(long)errno : result; }

static int open_flags(int flags) {
  int result = O_CLOEXEC | O_NOCTTY;
  result |= flags & CL_READ_ONLY || flags & CL_PATH ? O_RDONLY : O_WRONLY;
  if (flags & CL_DIRECTORY) result |= O_DIRECTORY;
  if (flags & CL_NO_FOLLOW) result |= O_NOFOLLOW;
  if (flags & CL_NO_WAIT) result |= O_NONBLOCK;
  // O_PATH allows only these companions, and openat2 refuses others.
  if (flags & CL_PATH) result = O_PATH | O_CLOEXEC | (result & (O_DIRECTORY | O_NOFOLLOW));
  if (flags & CL_CREATE) result |= O_CREAT | O_EXCL;
  return result;
}

long cl_open(int directory, const char *path, int flags) {
  return answer(openat(directory, path, open_flags(flags), 0644));
}

long cl_open_beneath(int directory, const char *path, int flags) {
  struct open_how how = {
      .flags = (uint64_t)open_flags(flags),
      .mode = flags & CL_CREATE ? 0644 : 0,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
  };
  return answer(syscall(SYS_openat2, directory, path, &how, sizeof how));
}

long cl_close(int descriptor) { return answer(close(descriptor)); }

long cl_close_range(unsigned first, unsigned last) { return answer(syscall(SYS_close_range, first, last, 0)); }

long cl_read(int descriptor, void *buffer, size_t count) { return answer(read(descriptor, buffer, count)); }

long cl_read_at(int descriptor, void *buffer, size_t count, uint64_t offset) {
  return answer(pread(descriptor, buffer, count, (off_t)offset));
}

long cl_write(int descriptor, const void *bytes, size_t count) { return answer(write(descriptor, bytes, count)); }

long cl_readlink(int directory, const char *path, void *buffer, size_t count) {
  return answer(readlinkat(directory, path, buffer, count));
}

static uint8_t kind_of_mode(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return CL_KIND_FILE;
    case S_IFDIR: return CL_KIND_DIRECTORY;
    case S_IFLNK: return CL_KIND_LINK;
    default: return CL_KIND_OTHER;
  }
}

static void take(struct cl_status *status, const struct stat *from) {
  status->size = (uint64_t)from->st_size;
  status->device = from->st_dev;
  status->inode = from->st_ino;
  status->owner = from->st_uid;
  status->group = from->st_gid;
  status->mode = from->st_mode & 07777;
  status->kind = kind_of_mode(from->st_mode);
}

long cl_stat(int directory, const char *path, struct cl_status *status) {
  struct stat found;
  if (fstatat(directory, path, &found, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0) return -(long)errno;
  take(status, &found);
  return 0;
}

long cl_is_sysfs(int descriptor) {
  struct statfs found;
  if (fstatfs(descriptor, &found) < 0) return -(long)errno;
  return found.f_type == SYSFS;
}

long cl_mkdir(int directory, const char *path, unsigned mode) { return answer(mkdirat(directory, path, mode)); }

long cl_give(int descriptor, uint32_t owner, uint32_t group, unsigned mode) {
  if (fchown(descriptor, owner, group) < 0 && errno != EPERM) return -(long)errno;
  return answer(fchmod(descriptor, mode & 0777));
}

long cl_symlink(const char *target, int directory, const char *path) {
  return answer(symlinkat(target, directory, path));
}

long cl_may_access(int directory, const char *path, int writing) {
  return answer(faccessat(directory, path, writing ? R_OK | W_OK : R_OK, AT_EACCESS));
}

long cl_entries(int descriptor, void *buffer, size_t count) {
  return answer(syscall(SYS_getdents64, descriptor, buffer, count));
}

struct cl_entry cl_entry_at(const void *buffer, uint32_t offset) {
  const struct dirent64 *found = (const struct dirent64 *)((const char *)buffer + offset);
  struct cl_entry entry = {.name = found->d_name, .length = (uint32_t)strlen(found->d_name)};
  entry.name_offset = offset + (uint32_t)offsetof(struct dirent64, d_name);
  entry.next = offset + found->d_reclen;
  switch (found->d_type) {
    case DT_REG: entry.kind = CL_KIND_FILE; break;
    case DT_DIR: entry.kind = CL_KIND_DIRECTORY; break;
    case DT_LNK: entry.kind = CL_KIND_LINK; break;
    case DT_UNKNOWN: entry.kind = CL_KIND_UNKNOWN; break;
    default: entry.kind = CL_KIND_OTHER;
  }
  return entry;
}

long cl_map(int descriptor, const uint8_t **bytes, size_t *size) {
  struct stat found;
  if (fstat(descriptor, &found) < 0) return -(long)errno;
  if (!S_ISREG(found.st_mode) || found.st_size <= 0) return -EINVAL;
  void *place = mmap(NULL, (size_t)found.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (place == MAP_FAILED) return -(long)errno;
  *bytes = place;
  *size = (size_t)found.st_size;
  return 0;
}

size_t cl_line(const uint8_t *text, size_t count) {
  const uint8_t *end = memchr(text, '\n', count);
  return end ? (size_t)(end - text) : count;
}

void cl_unmap(const uint8_t *bytes, size_t size) { munmap((void *)bytes, size); }

long cl_gunzip(const uint8_t *bytes, size_t count, uint8_t *buffer, size_t space) {
  z_stream stream = {.next_in = (Bytef *)bytes, .avail_in = (uInt)count, .next_out = buffer, .avail_out = (uInt)space};
  if (count > UINT32_MAX || space > UINT32_MAX) return -EINVAL;
  // 16 on top of the window size: gzip's header and trailer, nothing else.
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return -ENOMEM;
  int outcome = inflate(&stream, Z_FINISH);
  long made = (long)stream.total_out;
  int is_full = stream.avail_out == 0;
  inflateEnd(&stream);
  if (outcome == Z_STREAM_END) return made;
  return is_full ? -ENOSPC : -EBADMSG;
}

void cl_keep_heap_small(void) {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
}

long cl_thread(void *(*body)(void *), void *context) {
  pthread_attr_t attributes;
  pthread_t thread;
  int refusal = pthread_attr_init(&attributes);
  if (refusal) return -refusal;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  refusal = pthread_create(&thread, &attributes, body, context);
  pthread_attr_destroy(&attributes);
  return -refusal;
}

long cl_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) < 0) return -(long)errno;
  return CPU_COUNT(&set);
}

long cl_event(void) { return answer(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

long cl_event_signal(int descriptor) {
  uint64_t one = 1;
  return answer(write(descriptor, &one, sizeof one));
}

long cl_event_drain(int descriptor) {
  uint64_t count = 0;
  if (read(descriptor, &count, sizeof count) < 0) return errno == EAGAIN ? 0 : -(long)errno;
  return count > INT32_MAX ? INT32_MAX : (long)count;
}

static sigset_t set_of(const int *signals, size_t count) {
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < count; i++) sigaddset(&set, signals[i]);
  return set;
}

long cl_unblock(const int *signals, size_t count) {
  sigset_t set = set_of(signals, count);
  return -pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

long cl_signals(const int *signals, size_t count) {
  sigset_t set = set_of(signals, count);
  int refusal = pthread_sigmask(SIG_BLOCK, &set, NULL);
  if (refusal) return -refusal;
  return answer(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

long cl_signal_read(int descriptor) {
  struct signalfd_siginfo info;
  ssize_t count = read(descriptor, &info, sizeof info);
  if (count < 0) return -(long)errno;
  return count == sizeof info ? (long)info.ssi_signo : -EAGAIN;
}

long cl_poll(struct cl_wait *waits, size_t count, int milliseconds) {
  enum { MOST = 16 };
  struct pollfd asked[MOST];
  if (count > MOST) return -EINVAL;
  for (size_t i = 0; i < count; i++) {
    short events = waits[i].ready == CL_ENDED ? 0 : POLLIN;
    asked[i] = (struct pollfd){.fd = waits[i].descriptor, .events = events};
  }
  int ready = poll(asked, count, milliseconds);
  if (ready < 0) return -(long)errno;
  for (size_t i = 0; i < count; i++) waits[i].ready = asked[i].revents != 0;
  return ready;
}

uint64_t cl_monotonic(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int64_t cl_wall_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec;
}

struct cl_clock cl_local_time(void) {
  struct timespec now;
  struct tm local = {0};
  clock_gettime(CLOCK_REALTIME, &now);
  localtime_r(&now.tv_sec, &local);
  return (struct cl_clock){
      .hour = local.tm_hour,
      .minute = local.tm_min,
      .second = local.tm_sec,
      .millisecond = (int)(now.tv_nsec / 1000000),
  };
}

_Static_assert(CL_IN_MODIFY == IN_MODIFY && CL_IN_ATTRIB == IN_ATTRIB && CL_IN_CLOSE_WRITE == IN_CLOSE_WRITE &&
                   CL_IN_CLOSE_NOWRITE == IN_CLOSE_NOWRITE && CL_IN_OPEN == IN_OPEN &&
                   CL_IN_MOVED_FROM == IN_MOVED_FROM && CL_IN_MOVED_TO == IN_MOVED_TO && CL_IN_CREATE == IN_CREATE &&
                   CL_IN_DELETE == IN_DELETE && CL_IN_DELETE_SELF == IN_DELETE_SELF &&
                   CL_IN_MOVE_SELF == IN_MOVE_SELF && CL_IN_Q_OVERFLOW == IN_Q_OVERFLOW &&
                   CL_IN_IGNORED == IN_IGNORED && CL_IN_ONLYDIR == IN_ONLYDIR &&
                   CL_IN_DONT_FOLLOW == IN_DONT_FOLLOW && CL_IN_ISDIR == IN_ISDIR,
               "inotify's numbers");

long cl_inotify(void) { return answer(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)); }

long cl_watch(int descriptor, const char *path, uint32_t mask) {
  return answer(inotify_add_watch(descriptor, path, mask));
}

long cl_unwatch(int descriptor, int watch) { return answer(inotify_rm_watch(descriptor, watch)); }

struct cl_notice cl_notice_at(const void *buffer, uint32_t offset) {
  struct inotify_event event;
  const char *place = (const char *)buffer + offset;
  memcpy(&event, place, sizeof event);
  return (struct cl_notice){
      .watch = event.wd,
      .mask = event.mask,
      .name_offset = offset + (uint32_t)sizeof event,
      .length = (uint32_t)strnlen(place + sizeof event, event.len),
      .next = offset + (uint32_t)sizeof event + event.len,
  };
}

long cl_uevents(void) {
  int socket_ = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
  if (socket_ < 0) return -(long)errno;
  int on = 1, room = 4 << 20;
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
  // A burst of hot-plug must fit; without the privilege the plain option gives what the limit allows.
  if (setsockopt(socket_, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0)
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  if (setsockopt(socket_, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ||
      bind(socket_, (struct sockaddr *)&address, sizeof address) < 0) {
    long refusal = -(long)errno;
    close(socket_);
    return refusal;
  }
  return socket_;
}

long cl_uevent_receive(int descriptor, void *buffer, size_t count, struct cl_sender *sender) {
  struct sockaddr_nl address = {0};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(struct ucred))];
  } control;
  struct iovec into = {.iov_base = buffer, .iov_len = count};
  struct msghdr message = {
      .msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &into, .msg_iovlen = 1,
      .msg_control = control.space, .msg_controllen = sizeof control.space,
  };
  ssize_t received = recvmsg(descriptor, &message, 0);
  if (received < 0) return -(long)errno;
  *sender = (struct cl_sender){.port = address.nl_pid, .groups = address.nl_groups, .user = UINT32_MAX};
  sender->truncated = (message.msg_flags & MSG_TRUNC) != 0;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_CREDENTIALS) continue;
    struct ucred who;
    memcpy(&who, CMSG_DATA(part), sizeof who);
    sender->user = who.uid;
  }
  return received;
}

static long copy(const char *text, char *buffer, size_t count) {
  size_t length = strlen(text);
  if (length > count) length = count;
  memcpy(buffer, text, length);
  return (long)length;
}

long cl_release(char *buffer, size_t count) {
  struct utsname name;
  if (uname(&name) < 0) return -(long)errno;
  return copy(name.release, buffer, count);
}

long cl_host_name(char *buffer, size_t count) {
  struct utsname name;
  if (uname(&name) < 0) return -(long)errno;
  return copy(name.nodename, buffer, count);
}

unsigned cl_effective_user(void) { return geteuid(); }

uint64_t cl_memory_lock_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0) return 0;
  return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
}

static const void *ip_address(const struct sockaddr *address) {
  if (!address) return NULL;
  if (address->sa_family == AF_INET) return &((const struct sockaddr_in *)address)->sin_addr;
  if (address->sa_family == AF_INET6) return &((const struct sockaddr_in6 *)address)->sin6_addr;
  return NULL;
}

long cl_interface_addresses(char *buffer, size_t count) {
  struct ifaddrs *all = NULL;
  if (getifaddrs(&all) < 0) return -(long)errno;
  size_t used = 0;
  for (struct ifaddrs *next = all; next; next = next->ifa_next) {
    char text[INET6_ADDRSTRLEN], line[INET6_ADDRSTRLEN + 32];
    const void *address = ip_address(next->ifa_addr);
    if (!address || !inet_ntop(next->ifa_addr->sa_family, address, text, sizeof text)) continue;
    int length = snprintf(line, sizeof line, "%s %s\n", next->ifa_name, text);
    if (used + (size_t)length <= count) memcpy(buffer + used, line, (size_t)length);
    used += (size_t)length;
  }
  freeifaddrs(all);
  return (long)used;
}

long cl_parent(void) { return getppid(); }
