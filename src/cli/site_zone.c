/* Owns finding the zone of a site. */
#include "cli/site_zone.h"

#include "base/err.h"
#include "base/fs.h"
#include "site/loader.h"

#include <stdio.h>
#include <unistd.h>

/* The settings know their zone, but not its name. One that there is not has become the default. */
struct str site_zone(const struct settings *settings)
{
    const struct str otherwise = STR("Europe/Rome");
    const struct yaml_node *node =
        settings->document ? yaml_get(yaml_root(settings->document), "timezone") : NULL;
    struct zone *zone;
    if (!node || node->kind != YAML_SCALAR || zone_create(&zone, node->text) != 0)
        return otherwise;
    zone_destroy(zone);
    return node->text;
}

int site_zone_read(struct buf *out, const char *folder)
{
    struct settings *settings = NULL;
    struct diags ignored = {0};
    int fd = fs_open_folder(folder);
    if (fd < 0)
        return fd;
    int rc = loader_settings(&settings, fd, &ignored);
    if (rc == 0 && settings->is_unread)
        rc = ERR_INVALID;
    if (rc == 0) {
        buf_append(out, site_zone(settings));
        rc = buf_status(out);
    }
    settings_destroy(settings);
    diags_finish(&ignored);
    (void)close(fd);
    return rc;
}

void site_zone_complain(const char *folder, int error, enum lang lang)
{
    if (error == ERR_INVALID)
        (void)fprintf(stderr,
                      lang == LANG_IT ? "attimo: %s/_site.yaml: non si legge; attimo check dice "
                                        "perché\n"
                                      : "attimo: %s/_site.yaml: cannot be read; attimo check says "
                                        "why\n",
                      folder);
    else
        (void)fprintf(stderr, "attimo: %s: %s\n", folder, err_words_in(error, lang));
}
