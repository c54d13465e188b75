/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from outside in HTML, in XML (SVG), in attributes between quotes, and in JSON within a
 * script element: one escaping that is right in all of them. Pure; appends to a buffer.
 */
#ifndef CGMEM_OUTPUT_HTML_H
#define CGMEM_OUTPUT_HTML_H

#include "base/buf.h"

/*
 * Control characters and bytes that are not UTF-8 become \xNN (see cgm_escape_name()), characters
 * that turn the direction of a line or that XML does not allow \uNNNN, and & < > " ' references.
 */
void cgm_html_add(struct cgm_buf *b, const char *s);
/* The same as a JSON string with its quotes, in which & < > ' are \u00NN. */
void cgm_html_add_json(struct cgm_buf *b, const char *s);
/* <TAG>text</TAG>; CLASS may be NULL. */
void cgm_html_element(struct cgm_buf *b, const char *tag, const char *class, const char *text);

#endif
