/* SPDX-License-Identifier: Apache-2.0 */
/* How other tools print bytes, to the letter. Pure; internal to figures. All write @buf. */
#ifndef CGMEM_MODEL_FIGURE_TEXT_H
#define CGMEM_MODEL_FIGURE_TEXT_H

#include "base/units.h"

typedef void cgm_figure_text_fn(char buf[CGM_TEXT_MAX], uint64_t bytes);

cgm_figure_text_fn cgm_text_docker; /* go-units BytesSize: "39.8MiB" */
/* docker before 1.12, go-units HumanSize of that time: base 1000, "41.73 MB" */
cgm_figure_text_fn cgm_text_old_docker;
cgm_figure_text_fn cgm_text_decimal; /* podman, crictl: go-units HumanSize, base 1000: "41.73MB" */
cgm_figure_text_fn cgm_text_bytes;   /* "41734144" */
cgm_figure_text_fn cgm_text_kubectl; /* whole MiB, rounded down: "39Mi" */
cgm_figure_text_fn cgm_text_cgtop;   /* systemd format-util.c: "39.8M", rounded down */
cgm_figure_text_fn cgm_text_below;   /* base 1024 with the names of base 1000: "39.8 MB" */
cgm_figure_text_fn cgm_text_ctop;    /* cwidgets/util.go byteFormat, short: "39.8M" */
cgm_figure_text_fn cgm_text_lazydocker; /* two digits: "39.80MiB" */
cgm_figure_text_fn cgm_text_kib;	/* ps, top, free: a number of KiB, "40756" */
/* go tool pprof, measurement.go ScaledLabel: base 1024 with the names of base 1000: "39.80MB" */
cgm_figure_text_fn cgm_text_pprof;
void cgm_text_unknown(char buf[CGM_TEXT_MAX]);

#endif
