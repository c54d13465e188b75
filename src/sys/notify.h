/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells the service manager how a service does: sd_notify(3)'s protocol, one datagram to the socket
 * in $NOTIFY_SOCKET. Without that variable nothing happens. Threads may share it.
 */
#ifndef CGMEM_SYS_NOTIFY_H
#define CGMEM_SYS_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=...". 1: sent; 0: nobody asked; -errno. */
int cgm_notify(const char *state);
/* How often "WATCHDOG=1" is wanted at least ($WATCHDOG_USEC for this process), ms; 0: never. */
uint64_t cgm_notify_watchdog_ms(void);

#endif
