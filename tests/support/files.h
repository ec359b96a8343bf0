/* Temporary folders and the files in them. All of it asserts: a test that cannot write has failed.
 */
#ifndef ATTIMO_TESTS_FILES_H
#define ATTIMO_TESTS_FILES_H

#include "base/buf.h"

/* Makes an empty folder of a new name and returns its absolute path, for files_remove. */
char *files_make_folder(void);

/* Removes the folder with all that it holds, and frees its path. Takes NULL. */
void files_remove(char *folder);

/* Writes `folder`/`name` whole (aside, then renamed), and makes the folders on the way. */
void files_write(const char *folder, const char *name, struct str text);

/* Appends what the file holds; a file that is not there holds nothing. */
void files_read(const char *path, struct buf *out);

/* Appends a gzip file with this content to `fd`; what gzip_write_file says. */
int files_gzip(int fd, struct str content);

/* From now on permissions hold for this thread, root or not. */
void files_obey_permissions(void);

#endif
