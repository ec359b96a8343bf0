#include "support/recorded.h"

#include "support/files.h"
#include "support/test.h"

#define SHOES                                                                              \
    "---\ntitle: Vento 2\ndescription: Scarpe per correre.\nintent: buy\n"                 \
    "stage: purchase\nplace: {name: Sport, tel: 0521 123456}\n"                            \
    "cta:\n  - call: Chiama\n  - link: Ordina\n    to: https://shop.example/vento-2?x=1\n" \
    "    id: shop\n---\n\nCorri.\n"

const char shoes[] = "/voglio-comprare/scarpe";

int recorded_setup(void **state)
{
    static struct recorded recorded;
    void *inner;
    recorded = (struct recorded){0};
    (void)server_setup(&inner);
    recorded.server = inner;
    *state = &recorded;
    files_write(recorded.server->pages, "voglio-comprare/scarpe.md", STR(SHOES));
    return 0;
}

int recorded_teardown(void **state)
{
    struct recorded *recorded = *state;
    void *inner = recorded->server;
    record_finish(&recorded->record);
    return server_teardown(&inner);
}

void recorded_stop(struct recorded *recorded)
{
    server_stop(recorded->server);
    record_read(&recorded->record, recorded->server->data);
}
