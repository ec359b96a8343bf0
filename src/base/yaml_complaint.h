/* What the YAML parser complains of, told to people who have never heard of YAML. */
#ifndef ATTIMO_BASE_YAML_COMPLAINT_H
#define ATTIMO_BASE_YAML_COMPLAINT_H

#include "base/lang.h"

#include <stdbool.h>

struct yaml_complaint {
    const char *problem; /* libyaml's own words */
    struct text words;
    bool at_context; /* the mistake is where the thing began, not where the parser gave up */
};

/* NULL: one that people hardly ever cause. */
const struct yaml_complaint *yaml_complaint_find(const char *problem);

#endif
