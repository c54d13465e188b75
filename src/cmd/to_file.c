/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/to_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/banned.h"

static int cannot(const char *path, int r, struct cgm_err *err)
{
	return cgm_err_set(err, -r, "cannot write %.160s: %s", path, strerror(-r));
}

/* Writes to @fd, which is closed. With @sync the disk has it, too. */
static int write_all(int fd, bool sync, cgm_write_fn *write_text, const void *arg)
{
	FILE *out = fdopen(fd, "w");
	int r;

	if (!out) {
		r = -errno;
		(void)close(fd);
		return r;
	}
	r = write_text(out, arg);
	if (r == 0 && fflush(out) != 0)
		r = -errno;
	if (r == 0 && sync && fsync(fd) != 0)
		r = -errno;
	if (fclose(out) != 0 && r == 0)
		r = -errno;
	return r;
}

/* What open(2) would give a new file. */
static mode_t usual_mode(void)
{
	const mode_t mask = umask(077);

	(void)umask(mask);
	return 0666 & ~mask;
}

static int write_beside(const char *path, mode_t mode, cgm_write_fn *write_text, const void *arg)
{
	CGM_AUTO_FREE char *name = NULL;
	int fd, r;

	if (asprintf(&name, "%s.XXXXXX", path) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = fchmod(fd, mode) == 0 ? 0 : -errno;
	if (r < 0)
		(void)close(fd);
	else
		r = write_all(fd, true, write_text, arg);
	if (r == 0 && rename(name, path) != 0)
		r = -errno;
	if (r < 0)
		(void)unlink(name);
	return r;
}

static int write_device(const char *path, cgm_write_fn *write_text, const void *arg,
			struct cgm_err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY), r;

	if (fd < 0)
		return cannot(path, -errno, err);
	if (isatty(fd)) {
		(void)close(fd);
		return cgm_err_set(err, EINVAL, "%.160s is a terminal: name a file", path);
	}
	r = write_all(fd, false, write_text, arg);
	return r < 0 ? cannot(path, r, err) : 0;
}

int cgm_to_file(const char *path, cgm_write_fn *write_text, const void *arg, struct cgm_err *err)
{
	CGM_AUTO_FREE char *real = realpath(path, NULL); /* NULL: a new file */
	struct stat st;
	int r;

	if (!real && errno != ENOENT)
		return cannot(path, -errno, err);
	if (!real)
		r = write_beside(path, usual_mode(), write_text, arg);
	else if (stat(real, &st) != 0)
		r = -errno;
	else if (S_ISDIR(st.st_mode))
		r = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		return write_device(real, write_text, arg, err);
	else
		r = write_beside(real, st.st_mode & 0777, write_text, arg);
	return r < 0 ? cannot(path, r, err) : 0;
}
