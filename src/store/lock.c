/* SPDX-License-Identifier: Apache-2.0 */
#include "store/parts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/parse.h"
#include "base/banned.h"

#define FILE_MODE 0600
#define DIR_MODE  0700
#define PID_TEXT  16

/* The folders that @path lies in; those that are there are left alone. */
static int make_folders(const char *path, struct cgm_err *err)
{
	CGM_AUTO_FREE char *dir = strdup(path);

	if (!dir)
		return cgm_err_set(err, ENOMEM, "%s: no memory", path);
	for (char *p = strchr(dir + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(dir, DIR_MODE) < 0 && errno != EEXIST)
			return cgm_err_set(err, errno, "%s: the folder cannot be made: %s", dir,
					   strerror(errno));
		*p = '/';
	}
	return 0;
}

/* What the one who has the lock wrote into it: "1234\n". */
static int refuse(int fd, const char *path, struct cgm_err *err)
{
	char text[PID_TEXT] = "";
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	uint64_t pid;

	if (n < 1 || cgm_parse_u64(text, strcspn(text, "\n"), &pid) < 0)
		return cgm_err_set(err, EBUSY, "%s: another process records into it", path);
	return cgm_err_set(err, EBUSY, "%s: process %llu records into it", path,
			   (unsigned long long)pid);
}

static int take(int fd, const char *path, struct cgm_err *err)
{
	char text[PID_TEXT];
	int n;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? refuse(fd, path, err)
					    : cgm_err_set(err, errno, "%s: cannot be locked: %s",
							  path, strerror(errno));
	/* only words for the next: a full disk is no reason to end here */
	n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n)
		(void)ftruncate(fd, 0);
	return 0;
}

int cgm_history_lock(const char *path, int *ret_fd, struct cgm_err *err)
{
	const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	CGM_AUTO_BUF struct cgm_buf name = {0};
	CGM_AUTO_FREE char *whole = NULL;
	CGM_AUTO_CLOSE int fd = -1;
	CGM_AUTO_CLOSE int file = -1;
	struct stat st;
	int r = make_folders(path, err);

	if (r)
		return r;
	whole = realpath(path, NULL); /* one lock, whichever link leads to the file */
	cgm_buf_addf(&name, "%s-lock", whole ? whole : path);
	if (name.failed)
		return cgm_err_set(err, ENOMEM, "%s: no memory", path);
	fd = open(name.data, flags, FILE_MODE);
	if (fd < 0)
		return cgm_err_set(err, errno, "%s: %s", name.data, strerror(errno));
	r = take(fd, path, err);
	if (r)
		return r;
	/* The descriptor is closed before SQLite has its locks, which a later close would end. */
	file = open(path, flags & ~O_NOFOLLOW, FILE_MODE);
	if (file < 0)
		return cgm_err_set(err, errno, "%s: %s", path, strerror(errno));
	if (fstat(file, &st) < 0 || !S_ISREG(st.st_mode))
		return cgm_err_set(err, EUCLEAN, "%s: is no file", path);
	*ret_fd = cgm_take_fd(&fd);
	return 0;
}
