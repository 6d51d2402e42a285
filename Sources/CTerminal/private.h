// What the files of this target share.
#ifndef CTERMINAL_PRIVATE_H
#define CTERMINAL_PRIVATE_H

#include "CTerminal.h"

#include <termios.h>

// capability.c: the only file that sees term.h, whose macros are named `lines`, `columns` and `buttons`.

/// Whether terminfo knows the terminal and can move its cursor.
enum ct_refusal ct_terminal_usable(const char *term, int out);
/// The bytes that leave every mode we or ncurses entered, without padding.
size_t ct_reset_string(char *buffer, size_t capacity);

// crash.c

/// From here on a fatal signal writes `reset` to `fd` and gives it its modes back before anything else happens.
void ct_guard_arm(int fd, const struct termios *shell, const char *reset, size_t count);
/// The terminal is as the shell left it: nothing to undo.
void ct_guard_disarm(void);
/// Points standard error at memory while the full screen is open, if it is a terminal.
void ct_hold_errors(void);
/// Points it back and prints what was written. Safe in a signal handler.
void ct_release_errors(void);

// terminal.c

/// Leaves mouse reports, bracketed paste and synchronized output.
#define CT_MODES_OFF "\033[?2026l\033[?1006l\033[?1002l\033[?1000l\033[?2004l"

#endif
