/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem help: the man page, or the option list where there is no man. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/global.h"
#include "cmd/options.h"

#include "base/banned.h"

/* True when man(1) showed @page. */
static bool show_page(const char *page)
{
	char *argv[] = {(char[]){"man"}, strdup(page), NULL};
	extern char **environ;
	posix_spawn_file_actions_t quiet; /* that there is no page is not the user's concern */
	int status = -1;
	pid_t pid;

	if (!argv[1])
		return false;
	(void)posix_spawn_file_actions_init(&quiet);
	(void)posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, "man", &quiet, NULL, argv, environ) == 0)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	(void)posix_spawn_file_actions_destroy(&quiet);
	free(argv[1]);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int run_help(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	const struct cgm_command *c = NULL;
	char page[64] = "cgmem";

	(void)g;
	(void)opts;
	if (argc > 0) {
		c = cgm_command_find(argv[0]);
		if (!c) {
			cgm_warn("help: unknown command %s", argv[0]);
			return CGM_EXIT_USAGE;
		}
		(void)snprintf(page, sizeof page, "cgmem-%s", c->name);
	}
	if (!cgm_stdout_is_terminal() || !show_page(page))
		cgm_help_write(stdout, c);
	return CGM_EXIT_OK;
}

extern const struct cgm_command cgm_cmd_help;
const struct cgm_command cgm_cmd_help = {
	.name = "help",
	.summary = "Show the man page of cgmem or of a command.",
	.usage = "[COMMAND]",
	.operands = CGM_ARG_COMMAND,
	.run = run_help,
};
