/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/live.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

#include "base/banned.h"

/* Home without clearing, each line cleared to its end, the rest of the screen cleared last. */
#define SCREEN_HOME "\033[H"
#define LINE_END    "\033[K\n"
#define SCREEN_REST "\033[J"
#define SCREEN_INIT "\033[?25l\033[2J"
#define SCREEN_DONE "\033[?25h"

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void write_all(const char *s, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, s, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			interrupted = 1; /* the terminal is gone */
			return;
		}
		s += n;
		len -= (size_t)n;
	}
}

static unsigned terminal_rows(void)
{
	struct winsize w;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row ? w.ws_row : 0;
}

/* The text as a screen: no more lines than the terminal has, or the top would scroll away. */
static void draw(struct cgm_buf *screen, const char *text, size_t len)
{
	unsigned rows = terminal_rows(), n = 0;
	const char *end = text + len;

	cgm_buf_reset(screen);
	cgm_buf_adds(screen, SCREEN_HOME);
	while (text < end && (!rows || ++n < rows)) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const char *stop = nl ? nl : end;

		cgm_buf_add(screen, text, (size_t)(stop - text));
		cgm_buf_adds(screen, LINE_END);
		text = stop + 1;
	}
	cgm_buf_adds(screen, SCREEN_REST);
	if (!screen->failed)
		write_all(screen->data, screen->len);
}

static int one_round(cgm_live_fn *fn, void *arg, int argc, char **argv, bool terminal,
		     struct cgm_buf *screen)
{
	CGM_AUTO_FREE char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int r;

	if (!out)
		return -ENOMEM;
	r = fn(out, arg, argc, argv);
	if (fclose(out) != 0 && r == 0)
		r = -ENOMEM;
	if (r < 0)
		return r;
	if (terminal)
		draw(screen, text, len);
	else
		write_all(text, len);
	return 0;
}

static void wait_until(struct timespec *next, uint64_t interval_ms)
{
	next->tv_sec += (time_t)(interval_ms / 1000);
	next->tv_nsec += (long)(interval_ms % 1000) * 1000000;
	if (next->tv_nsec >= 1000000000) {
		next->tv_sec++;
		next->tv_nsec -= 1000000000;
	}
	while (!interrupted && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL) == EINTR)
		;
}

int cgm_live_run(cgm_live_fn *fn, void *arg, uint64_t interval_ms, int argc, char **argv)
{
	const struct sigaction stop = {.sa_handler = on_signal};
	CGM_AUTO_BUF struct cgm_buf screen = {0};
	bool terminal = isatty(STDOUT_FILENO);
	struct timespec next;
	int r = 0;

	(void)sigaction(SIGINT, &stop, NULL);
	(void)sigaction(SIGTERM, &stop, NULL);
	if (terminal)
		write_all(SCREEN_INIT, strlen(SCREEN_INIT));
	(void)clock_gettime(CLOCK_MONOTONIC, &next);
	while (!interrupted && r == 0) {
		r = one_round(fn, arg, argc, argv, terminal, &screen);
		if (r == 0)
			wait_until(&next, interval_ms);
	}
	if (terminal)
		write_all(SCREEN_DONE, strlen(SCREEN_DONE));
	return r;
}
