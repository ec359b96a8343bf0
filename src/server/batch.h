/* Compiles many files at once, on as many threads as there are processors where that pays. */
#ifndef ATTIMO_SERVER_BATCH_H
#define ATTIMO_SERVER_BATCH_H

#include "server/catalogue.h"

/* One file that is due, and what became of it. */
struct task {
    const struct entry *entry;
    struct version before; /* what was there before it was read */
    struct compiled compiled;
    struct diags diags;
    bool timed;  /* its source is compiled as it was, for another time */
    int error;   /* of loader_compile, or loader_recompile */
    bool stable; /* the version was the same before and after */
};

struct batch {
    struct loader loader;
    struct task *tasks;
    size_t count;
    bool serving; /* visitors are being served meanwhile: helping threads are niced */
};

/* Fills in every task. Returns when all is done. */
void batch_run(struct batch *batch);

/* Frees the tasks; what was moved out of them is zeroed and so stays. */
void batch_finish(struct batch *batch);

#endif
