/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page's one script: the values under the pointer, or at the slider that it adds, take the
 * place of the last ones in the legend. Without it nothing is missing: the values are in a table.
 * Whoever changes a letter puts the new hash here: the test of the page prints it.
 */
#include "output/report_parts.h"

#include "base/banned.h"

/* clang-format off */
const char *const cgm_report_script[] = {
	"(function () {\n",
	"\"use strict\";\n",
	"var units = [\"B\", \"KiB\", \"MiB\", \"GiB\", \"TiB\", \"PiB\", \"EiB\"];\n",
	"function bytes(kib) {\n",
	"\tvar v = kib * 1024, i = 0;\n",
	"\twhile (v >= 1023.5 && i < 6) { v /= 1024; i++; }\n",
	"\treturn (i > 0 && Math.round(v * 10) < 1000 ? v.toFixed(1) : v.toFixed(0)) + \" \" "
	"+ units[i];\n",
	"}\n",
	"function nearest(x, v) {\n",
	"\tvar a = 0, b = x.length - 1, m;\n",
	"\twhile (b - a > 1) {\n",
	"\t\tm = (a + b) >> 1;\n",
	"\t\tif (x[m] < v) a = m; else b = m;\n",
	"\t}\n",
	"\treturn v - x[a] < x[b] - v ? a : b;\n",
	"}\n",
	"function setUp(figure) {\n",
	"\tvar data = JSON.parse(document.getElementById(figure.dataset.plot + "
	"\"-data\").textContent);\n",
	"\tvar svg = figure.querySelector(\".plot\"), title = svg.querySelector(\"title\");\n",
	"\tvar at = figure.querySelector(\"[data-at]\"), cells = "
	"figure.querySelectorAll(\"[data-key]\");\n",
	"\tvar last = data.x.length - 1, slider = document.createElement(\"input\");\n",
	"\tvar cursor = document.createElementNS(\"http://www.w3.org/2000/svg\", \"line\");\n",
	"\tfunction show(i, visible) {\n",
	"\t\tvar said = data.at[i];\n",
	"\t\tcursor.setAttribute(\"x1\", data.x[i] / 100 + \"%\");\n",
	"\t\tcursor.setAttribute(\"x2\", data.x[i] / 100 + \"%\");\n",
	"\t\tcursor.setAttribute(\"visibility\", visible ? \"visible\" : \"hidden\");\n",
	"\t\tat.textContent = data.at[i];\n",
	"\t\tslider.value = i;\n",
	"\t\tcells.forEach(function (c, k) {\n",
	"\t\t\tvar v = data.values[c.dataset.key][i];\n",
	"\t\t\tc.textContent = v === null ? \"-\" : data.bytes ? bytes(v) : String(v);\n",
	"\t\t\tif (k === 0) said += \", \" + c.previousElementSibling.textContent + \" \" + "
	"c.textContent;\n",
	"\t\t});\n",
	"\t\tslider.setAttribute(\"aria-valuetext\", said);\n",
	"\t}\n",
	"\tfunction point(e) {\n",
	"\t\tvar box = svg.getBoundingClientRect();\n",
	"\t\tshow(nearest(data.x, (e.clientX - box.left) / box.width * 10000), true);\n",
	"\t}\n",
	"\tsvg.setAttribute(\"aria-label\", title.textContent);\n",
	"\tsvg.setAttribute(\"aria-describedby\", svg.querySelector(\"desc\").id);\n",
	"\tsvg.removeAttribute(\"aria-labelledby\");\n",
	"\ttitle.remove();\n",
	"\tcursor.setAttribute(\"class\", \"cursor\");\n",
	"\tcursor.setAttribute(\"y1\", \"0\");\n",
	"\tcursor.setAttribute(\"y2\", \"100%\");\n",
	"\tsvg.appendChild(cursor);\n",
	"\tslider.type = \"range\";\n",
	"\tslider.min = 0;\n",
	"\tslider.max = last;\n",
	"\tslider.setAttribute(\"aria-label\", \"Moment shown\");\n",
	"\tat.parentNode.appendChild(slider);\n",
	"\tshow(last, false);\n",
	"\tif (last < 1) slider.remove();\n",
	"\tslider.addEventListener(\"input\", function () { show(Number(slider.value), true);"
	" });\n",
	"\tsvg.parentNode.addEventListener(\"pointermove\", point);\n",
	"\tsvg.parentNode.addEventListener(\"pointerdown\", point);\n",
	"\tsvg.parentNode.addEventListener(\"pointerleave\", function (e) {\n",
	"\t\tif (e.pointerType === \"mouse\") show(last, false);\n",
	"\t});\n",
	"}\n",
	"document.querySelectorAll(\"figure[data-plot]\").forEach(setUp);\n",
	"window.addEventListener(\"beforeprint\", function () {\n",
	"\tdocument.querySelectorAll(\"details\").forEach(function (d) { d.open = true; });\n",
	"});\n",
	"})();\n",
	NULL,
};
/* clang-format on */

const char cgm_report_script_hash[] = "OLCj8KkrwxdRNSquRuxWTBm5IrnjTGzrq5OhVALsd8c=";
