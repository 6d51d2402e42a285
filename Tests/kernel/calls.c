/* calls: makes the calls that it reads, one a line, and says what the kernel answered: for calls that the program itself
 * never makes, and arguments that it never gives.
 *
 *   open PATH              close FD
 *   value FD REQUEST N     ioctl(2) with a number
 *   struct FD REQUEST FIELD...
 *   write PATH TEXT        own PATH UID           as root, whoever the rest is made as
 *   as UID                 from here on; it starts as who runs it
 *
 * FIELD is u16=V, u32=V, u64=V or text=WORD. V and FD are a number, `memory` (the address of 1 MiB), $N (what line N
 * answered, from 0 on), or $N.K (the 32 bits at byte K of the struct of line N). Says `N ERRNO ANSWER HEX` a line: the
 * errno's name or 0, the answer, and the struct as it came back.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LINES = 256, SPACE = 512, MEMORY = 1 << 20 };

static struct {
  long answer;
  size_t size;
  unsigned char bytes[SPACE];
} lines[LINES];
static int count;
static void *memory;

static void broken(const char *word) {
  fprintf(stderr, "calls: line %d: what is %s?\n", count, word ? word : "missing");
  exit(64);
}

static uint64_t value(const char *word) {
  if (!word) broken(word);
  if (!strcmp(word, "memory")) return (uintptr_t)memory;
  char *end;
  if (word[0] != '$') {
    uint64_t number = strtoull(word, &end, 0);
    if (*end) broken(word);
    return word[0] == '-' ? (uint64_t)strtoll(word, &end, 0) : number;
  }
  long line = strtol(word + 1, &end, 10);
  if (line < 0 || line >= count) broken(word);
  if (*end == 0) return (uint64_t)lines[line].answer;
  long place = *end == '.' ? strtol(end + 1, &end, 10) : -1;
  uint32_t part;
  if (*end || place < 0 || (size_t)place + sizeof part > lines[line].size) broken(word);
  memcpy(&part, lines[line].bytes + place, sizeof part);
  return part;
}

static void put(const void *bytes, size_t size) {
  if (lines[count].size + size > SPACE) broken("so long a struct");
  memcpy(lines[count].bytes + lines[count].size, bytes, size);
  lines[count].size += size;
}

static void field(char *word) {
  char *is = strchr(word, '=');
  if (!is) broken(word);
  *is++ = 0;
  if (!strcmp(word, "text")) {
    for (char *blank = is; *blank; blank++) *blank = *blank == '+' ? ' ' : *blank;
    put(is, strlen(is) + 1);
    return;
  }
  uint64_t number = value(is);
  if (!strcmp(word, "u16")) put(&number, 2);
  else if (!strcmp(word, "u32")) put(&number, 4);
  else if (!strcmp(word, "u64")) put(&number, 8);
  else broken(word);
}

/* What an administrator does between a user's calls. */
static long administer(const char *verb, const char *path, const char *what) {
  uid_t user = geteuid();
  if (!what) broken(what);
  if (user && seteuid(0)) return -1;
  long answer = -1;
  if (!strcmp(verb, "own")) {
    answer = chown(path, (uid_t)value(what), -1);
  } else {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file >= 0) answer = write(file, what, strlen(what)) < 0 ? -1 : 0;
    int kept = errno;
    if (file >= 0) close(file);
    errno = kept;
  }
  int kept = errno;
  if (user && seteuid(user)) exit(71);
  errno = kept;
  return answer;
}

static long make(char *line) {
  char *verb = strtok(line, " \n"), *first = strtok(NULL, " \n");
  if (!verb || !first) broken(verb);
  if (!strcmp(verb, "open")) return open(first, O_RDWR | O_CLOEXEC);
  if (!strcmp(verb, "write") || !strcmp(verb, "own")) return administer(verb, first, strtok(NULL, " \n"));
  if (!strcmp(verb, "as")) return seteuid(0) ? -1 : seteuid((uid_t)value(first));
  int file = (int)value(first);
  if (!strcmp(verb, "close")) return close(file);
  unsigned long request = value(strtok(NULL, " \n"));
  if (!strcmp(verb, "value")) return ioctl(file, request, value(strtok(NULL, " \n")));
  if (strcmp(verb, "struct")) broken(verb);
  for (char *word; (word = strtok(NULL, " \n"));) field(word);
  return ioctl(file, request, lines[count].bytes);
}

int main(void) {
  char line[4096];
  memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 71;
  for (; count < LINES && fgets(line, sizeof line, stdin); count++) {
    errno = 0;
    long answer = make(line);
    lines[count].answer = answer;
    printf("%d %s %ld ", count, answer < 0 ? strerrorname_np(errno) : "0", answer);
    for (size_t place = 0; place < lines[count].size; place++) printf("%02x", lines[count].bytes[place]);
    printf("\n");
  }
  return 0;
}
