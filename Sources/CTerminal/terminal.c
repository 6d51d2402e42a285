#include "private.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

static struct {
  SCREEN *screen;
  FILE *in_stream;
  FILE *out_stream;
  int in;
  int out;
  pid_t owner;
  bool is_suspended;
  bool has_default_colours;
  bool has_mouse;
  struct termios shell;
} session;

// MARK: opening

// newterm installs handlers for these that call endwin, which is not safe there; who opens decides about signals.
static const int ncurses_signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
enum { ncurses_signal_count = sizeof ncurses_signals / sizeof ncurses_signals[0] };

static SCREEN *new_screen(const char *term) {
  struct sigaction before[ncurses_signal_count];
  for (int i = 0; i < ncurses_signal_count; i++) sigaction(ncurses_signals[i], NULL, &before[i]);
  // LINES and COLUMNS of the environment would win over the real size.
  use_env(FALSE);
  use_tioctl(TRUE);
  SCREEN *screen = newterm(term, session.out_stream, session.in_stream);
  for (int i = 0; i < ncurses_signal_count; i++) sigaction(ncurses_signals[i], &before[i], NULL);
  return screen;
}

static FILE *stream_of(int fd, const char *mode) {
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return NULL;
  FILE *stream = fdopen(copy, mode);
  if (!stream) close(copy);
  return stream;
}

static void close_streams(void) {
  if (session.in_stream) fclose(session.in_stream);
  if (session.out_stream) fclose(session.out_stream);
  session.in_stream = session.out_stream = NULL;
}

static void set_modes(void) {
  cbreak();
  noecho();
  nonl();
  intrflush(stdscr, FALSE);
  // A picture is never left half drawn because a key waits, and never shifted by insertions.
  typeahead(-1);
  idcok(stdscr, FALSE);
  keypad(stdscr, TRUE);
  session.has_default_colours = false;
  if (has_colors()) {
    start_color();
    session.has_default_colours = use_default_colors() == OK;
  }
  // cbreak leaves flow control on, and Ctrl-S would freeze the screen.
  struct termios modes;
  if (tcgetattr(session.out, &modes) == 0) {
    modes.c_iflag &= ~(tcflag_t)IXON;
    tcsetattr(session.out, TCSADRAIN, &modes);
  }
  def_prog_mode();
}

static void enter(void) {
  char reset[512];
  size_t count = ct_reset_string(reset, sizeof reset);
  ct_guard_arm(session.out, &session.shell, reset, count);
  ct_hold_errors();
  static const char paste_on[] = "\033[?2004h";
  ct_write((const uint8_t *)paste_on, sizeof paste_on - 1);
  if (session.has_mouse) ct_mouse(true);
}

static void at_exit(void) {
  if (session.screen && session.owner == getpid()) ct_close();
}

enum ct_refusal ct_open(const char *term, int in, int out) {
  static bool is_registered = false;
  if (session.screen) return CT_ALREADY_OPEN;
  if (!isatty(in)) return CT_INPUT_NOT_TERMINAL;
  if (!isatty(out)) return CT_OUTPUT_NOT_TERMINAL;
  if (!term || !*term) return CT_TERM_UNSET;
  enum ct_refusal refusal = ct_terminal_usable(term, out);
  if (refusal != CT_OPENED) return refusal;
  if (tcgetattr(out, &session.shell) != 0) return CT_OUTPUT_NOT_TERMINAL;
  session.in_stream = stream_of(in, "r");
  session.out_stream = stream_of(out, "w");
  if (session.in_stream && session.out_stream) session.screen = new_screen(term);
  if (!session.screen) {
    close_streams();
    return CT_NO_RESOURCES;
  }
  session.in = in;
  session.out = out;
  session.owner = getpid();
  session.is_suspended = false;
  session.has_mouse = false;
  if (!is_registered) is_registered = atexit(at_exit) == 0;
  set_modes();
  enter();
  return CT_OPENED;
}

// MARK: leaving and coming back

void ct_suspend(void) {
  if (!session.screen || session.is_suspended) return;
  ct_write((const uint8_t *)CT_MODES_OFF, sizeof CT_MODES_OFF - 1);
  // A process in the background may not set modes, but would be stopped while trying to leave.
  sigset_t ttou, before;
  sigemptyset(&ttou);
  sigaddset(&ttou, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &ttou, &before);
  curs_set(1);
  endwin();
  // Without an alternate screen endwin stays in the last row, and the shell would write over it.
  if (!ct_key_sequence("rmcup")) ct_write((const uint8_t *)"\r\n", 2);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  ct_guard_disarm();
  ct_release_errors();
  session.is_suspended = true;
}

void ct_resume(void) {
  if (!session.screen || !session.is_suspended) return;
  session.is_suspended = false;
  // Another program may have changed what the shell had.
  tcgetattr(session.out, &session.shell);
  reset_prog_mode();
  enter();
  clearok(curscr, TRUE);
}

void ct_stop(void) {
  ct_suspend();
  // The signal that Ctrl-Z sends, not SIGSTOP: without a shell to continue us the kernel ignores it.
  struct sigaction usual = {.sa_handler = SIG_DFL}, before;
  sigset_t stop, mask;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  sigaction(SIGTSTP, &usual, &before);
  pthread_sigmask(SIG_UNBLOCK, &stop, &mask);
  raise(SIGTSTP);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  sigaction(SIGTSTP, &before, NULL);
  ct_resume();
}

void ct_close(void) {
  if (!session.screen) return;
  ct_suspend();
  delscreen(session.screen);
  session.screen = NULL;
  close_streams();
}

// MARK: size

bool ct_window_size(int fd, int *rows, int *columns) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return false;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return true;
}

void ct_resize(int rows, int columns) {
  // Not resizeterm, which would queue a KEY_RESIZE that nobody reads.
  resize_term(rows, columns);
  clearok(curscr, TRUE);
}

// MARK: colours

int ct_colours(void) { return has_colors() ? COLORS : 0; }

int ct_pairs(void) { return has_colors() ? COLOR_PAIRS : 1; }

bool ct_has_default_colours(void) { return session.has_default_colours; }

bool ct_define_pair(int pair, int foreground, int background) {
  return init_extended_pair(pair, foreground, background) == OK;
}

// MARK: drawing

static attr_t attributes_of(uint32_t bits) {
  attr_t attributes = A_NORMAL;
  if (bits & CT_BOLD) attributes |= A_BOLD;
  if (bits & CT_DIM) attributes |= A_DIM;
  if (bits & CT_REVERSE) attributes |= A_REVERSE;
  if (bits & CT_UNDERLINE) attributes |= A_UNDERLINE;
  if (bits & CT_ITALIC) attributes |= A_ITALIC;
  return attributes;
}

void ct_erase(void) { werase(stdscr); }

void ct_put(int row, int column, const uint32_t *scalars, size_t count, uint32_t attributes, int pair) {
  attr_t look = attributes_of(attributes);
  if (wmove(stdscr, row, column) == ERR) return;
  for (size_t i = 0; i < count;) {
    wchar_t text[CCHARW_MAX + 1];
    size_t length = 0;
    text[length++] = (wchar_t)scalars[i++];
    for (; i < count && wcwidth((wchar_t)scalars[i]) == 0; i++) {
      if (length < CCHARW_MAX) text[length++] = (wchar_t)scalars[i];
    }
    text[length] = L'\0';
    cchar_t cell;
    if (setcchar(&cell, text, look, 0, &pair) == ERR) setcchar(&cell, L"?", look, 0, &pair);
    // The lower right corner is drawn and then reported as an error, since the cursor cannot move on.
    wadd_wch(stdscr, &cell);
  }
}

void ct_cursor(int row, int column, bool is_visible) {
  wmove(stdscr, row, column);
  curs_set(is_visible ? 1 : 0);
}

void ct_flush(void) {
  static const char begin[] = "\033[?2026h", end[] = "\033[?2026l";
  ct_write((const uint8_t *)begin, sizeof begin - 1);
  wnoutrefresh(stdscr);
  doupdate();
  ct_write((const uint8_t *)end, sizeof end - 1);
}

void ct_repaint(void) { clearok(curscr, TRUE); }

// MARK: bytes

long ct_read(uint8_t *buffer, size_t capacity) {
  struct pollfd waiting = {.fd = session.in, .events = POLLIN};
  int ready = poll(&waiting, 1, 0);
  if (ready <= 0) return ready == 0 || errno == EINTR ? 0 : -1;
  ssize_t count = read(session.in, buffer, capacity);
  if (count > 0) return count;
  return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

bool ct_write(const uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(session.out, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      struct pollfd waiting = {.fd = session.out, .events = POLLOUT};
      if (poll(&waiting, 1, 1000) > 0) continue;
    }
    if (written <= 0) return false;
    bytes += written;
    count -= (size_t)written;
  }
  return true;
}

void ct_mouse(bool is_on) {
  static const char on[] = "\033[?1000h\033[?1002h\033[?1006h", off[] = "\033[?1006l\033[?1002l\033[?1000l";
  session.has_mouse = is_on;
  if (session.is_suspended) return;
  ct_write((const uint8_t *)(is_on ? on : off), is_on ? sizeof on - 1 : sizeof off - 1);
}
