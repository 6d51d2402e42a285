#include "private.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

const char *ct_codeset(void) { return nl_langinfo(CODESET); }

const char *ct_locale_name(void) {
  const char *name = setlocale(LC_CTYPE, NULL);
  return name ? name : "C";
}

static bool is_utf8(void) { return strcmp(ct_codeset(), "UTF-8") == 0; }

// The first that is set decides, as setlocale(3) says.
static bool environment_names_utf8(void) {
  static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const char *value = getenv(names[i]);
    if (value && *value) return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
  }
  return false;
}

bool ct_locale_init(void) {
  bool is_known = setlocale(LC_CTYPE, "") != NULL;
  // An ssh session brings en_US.UTF-8 to a host that has no such locale: its terminal is UTF-8 all the same.
  if ((!is_known || !is_utf8()) && environment_names_utf8()) setlocale(LC_CTYPE, "C.UTF-8");
  return is_utf8();
}

int ct_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }
