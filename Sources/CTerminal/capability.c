#include "private.h"

#include <curses.h>
#include <string.h>
#include <term.h>

static const char *string_of(const char *capability) {
  char *value = tigetstr((char *)capability);
  return value == NULL || value == (char *)-1 || *value == '\0' ? NULL : value;
}

enum ct_refusal ct_terminal_usable(const char *term, int out) {
  int found = 0;
  // Generic ("unknown") and hardcopy entries are errors too.
  if (setupterm((char *)term, out, &found) != OK) return CT_TERM_UNKNOWN;
  bool is_addressable = string_of("cup") != NULL;
  del_curterm(cur_term);
  return is_addressable ? CT_OPENED : CT_NO_CURSOR_ADDRESSING;
}

const char *ct_key_sequence(const char *capability) { return string_of(capability); }

bool ct_has_rgb(void) {
  // The capability may be a flag, a number of bits, or a string of them.
  return tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || string_of("RGB") != NULL;
}

// Copies without terminfo's padding `$<5>`, which only tputs understands.
static size_t append(char *buffer, size_t used, size_t capacity, const char *text) {
  while (text && *text) {
    if (text[0] == '$' && text[1] == '<') {
      const char *end = strchr(text, '>');
      if (end) {
        text = end + 1;
        continue;
      }
    }
    if (used < capacity) buffer[used++] = *text;
    text++;
  }
  return used;
}

size_t ct_reset_string(char *buffer, size_t capacity) {
  size_t used = append(buffer, 0, capacity, CT_MODES_OFF);
  static const char *const leaving[] = {"sgr0", "cnorm", "rmkx", "rmcup"};
  for (size_t i = 0; i < sizeof leaving / sizeof leaving[0]; i++) {
    used = append(buffer, used, capacity, string_of(leaving[i]));
  }
  if (!string_of("rmcup")) used = append(buffer, used, capacity, "\r\n");
  return used;
}
