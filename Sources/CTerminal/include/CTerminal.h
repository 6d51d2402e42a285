// A terminal session over ncursesw, in scalars alone: curses.h and its globals never reach Swift.
//
// There is one session a process, used by one thread. Every function below `ct_open` needs an open session;
// those that may be called without one say so.
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Why a terminal cannot be used.
enum ct_refusal {
  CT_OPENED = 0,
  CT_INPUT_NOT_TERMINAL,
  CT_OUTPUT_NOT_TERMINAL,
  CT_TERM_UNSET,
  CT_TERM_UNKNOWN,
  CT_NO_CURSOR_ADDRESSING,
  CT_ALREADY_OPEN,
  CT_NO_RESOURCES,
} __attribute__((enum_extensibility(closed)));

/// Attribute bits of `ct_put`.
enum { CT_BOLD = 1, CT_DIM = 2, CT_REVERSE = 4, CT_UNDERLINE = 8, CT_ITALIC = 16 };

// MARK: characters (no session needed)

/// Takes LC_CTYPE from the environment; where that fails although the environment names UTF-8, takes C.UTF-8.
/// Returns whether characters are UTF-8 from here on.
bool ct_locale_init(void);
/// The codeset in force, such as "UTF-8" or "ANSI_X3.4-1968".
const char *ct_codeset(void);
/// The locale in force for characters, such as "ja_JP.UTF-8".
const char *ct_locale_name(void);
/// glibc's wcwidth: columns of one scalar, -1 for what is not printable.
int ct_width(uint32_t scalar);

// MARK: the session

/// Opens a session on two descriptors of a terminal of this type and enters its full screen.
/// Exits of every kind restore it from then on. `term` may be null: that is TERM unset.
enum ct_refusal ct_open(const char *_Nullable term, int in, int out);
/// Restores the terminal and prints what was written to standard error meanwhile. May be called without a session.
void ct_close(void);
/// Restores the terminal and keeps the session, to be resumed.
void ct_suspend(void);
/// Suspends, stops the process as Ctrl-Z does, and resumes when it is continued.
void ct_stop(void);
/// Enters the full screen again; the next flush repaints all of it.
void ct_resume(void);

/// Asks the terminal for its size; false when it does not know. May be called without a session.
bool ct_window_size(int fd, int *rows, int *columns);
/// Tells ncurses the size to draw for.
void ct_resize(int rows, int columns);

// MARK: what the terminal can do

/// Colours it knows; 0 without colour.
int ct_colours(void);
/// Colour pairs that `ct_define_pair` takes, pair 0 included.
int ct_pairs(void);
/// Whether a colour number is red, green and blue.
bool ct_has_rgb(void);
/// Whether -1 stands for the terminal's own colours.
bool ct_has_default_colours(void);
/// The bytes that a key sends (`kcuu1`, `kf1`, extended names too); null when terminfo has none.
const char *_Nullable ct_key_sequence(const char *capability);

// MARK: drawing

/// Gives a pair its colours; false when either is out of range, and then the pair must not be used.
bool ct_define_pair(int pair, int foreground, int background);
/// Blanks the picture that the next flush shows.
void ct_erase(void);
/// Draws scalars from a place on; one of width 0 joins the one before it.
void ct_put(int row, int column, const uint32_t *scalars, size_t count, uint32_t attributes, int pair);
/// Places the cursor, and shows or hides it.
void ct_cursor(int row, int column, bool is_visible);
/// Sends what differs from what the terminal shows, as one synchronized update.
void ct_flush(void);
/// Makes the next flush send everything.
void ct_repaint(void);

// MARK: bytes

/// Reads what was typed, without waiting: bytes read, 0 for none, -1 when the terminal is gone.
long ct_read(uint8_t *buffer, size_t capacity);
/// Writes bytes as they are, in order with what was flushed; false when the terminal is gone.
bool ct_write(const uint8_t *bytes, size_t count);
/// Reports of mouse buttons, drags and the wheel.
void ct_mouse(bool is_on);

#pragma clang assume_nonnull end

#endif
