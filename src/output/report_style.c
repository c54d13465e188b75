/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the report looks. The plot's part has plain colours (those of Okabe and Ito, which
 * colour-blind people tell apart, with darker outlines), because it stands in a file of its own,
 * too, where not every viewer knows variables. Whoever changes a letter puts the new hash here: the
 * test of the page prints it.
 */
#include "output/report_parts.h"

#include "base/banned.h"

/* clang-format off */
const char *const cgm_report_plot_style[] = {
	".plot{overflow:visible;font:12px system-ui,-apple-system,\"Segoe UI\",Roboto,"
	"\"Helvetica Neue\",Arial,sans-serif}\n",
	".plot svg{overflow:visible}\n",
	".rule{stroke:#dde2e7;stroke-width:1}\n",
	".rule.day{stroke:#b4bcc5}\n",
	".rule.zero{stroke:#6b747e}\n",
	".tick{fill:#4c555f;text-anchor:middle}\n",
	".tick.value{text-anchor:end}\n",
	".narrow{display:none}\n",
	".tick.day{fill:#1a1f26;font-weight:600}\n",
	".layer{stroke-width:1;vector-effect:non-scaling-stroke}\n",
	".anon{fill:#0072b2;stroke:#004b76}\n",
	".unmapped{fill:#8fc1e3;stroke:#3f7ca6}\n",
	".tmpfs{fill:#cc79a7;stroke:#8d4169}\n",
	".hugetlb{fill:#d55e00;stroke:#8a3d00}\n",
	".kernel{fill:#e69f00;stroke:#8f6200}\n",
	".sock{fill:#f0e442;stroke:#857c00}\n",
	".rest{fill:#98a1ab;stroke:#5a636d}\n",
	".cache{fill:#009e73;stroke:#00654a}\n",
	".inactive{fill:#d3f0e6}\n",
	".hatch{fill:#43b592}\n",
	".name{text-anchor:middle;font-weight:600;stroke:none}\n",
	".on-anon{fill:#fff}\n",
	".on-unmapped,.on-tmpfs,.on-hugetlb,.on-kernel,.on-sock,.on-rest,.on-cache{fill:#000}"
	"\n",
	".on-inactive{fill:#04382a;stroke:#d3f0e6;stroke-width:6px;stroke-linejoin:round;"
	"paint-order:stroke}\n",
	".line{stroke-width:2;stroke-linejoin:round;stroke-linecap:round;"
	"vector-effect:non-scaling-stroke}\n",
	"path.line,line.line{fill:none}\n",
	".line.docker{stroke:#11161c}\n",
	".line.limit{stroke:#b3121d;stroke-dasharray:7 5}\n",
	".line.anon{stroke:#0072b2}\n",
	".line.held{stroke:#b35900;stroke-dasharray:8 4}\n",
	".line.heap{stroke:#009e73;stroke-width:1.25}\n",
	".line.live{stroke:#8d4169;stroke-dasharray:2 4;stroke-width:2.5}\n",
	".line.goroutines{stroke:#0072b2}\n",
	"text.limit{fill:#b3121d;font-weight:600}\n",
	"text.end{text-anchor:end}\n",
	"text.limit,text.note{stroke:#fff;stroke-width:4px;stroke-linejoin:round;"
	"paint-order:stroke}\n",
	"text.note{fill:#4c555f}\n",
	"text.middle{text-anchor:middle}\n",
	".gap{fill:#e9edf0;stroke:none}\n",
	".mark{stroke:#454d56;fill:#454d56}\n",
	".mark.oom-kill{stroke:#b3121d;fill:#b3121d}\n",
	"line.mark{stroke-width:1;stroke-dasharray:2 3}\n",
	"line.mark.oom-kill{stroke-dasharray:none}\n",
	".mark .back{fill:#fff;stroke:none}\n",
	".mark .filled{stroke:none}\n",
	".mark .drawn{fill:none;stroke-width:2}\n",
	".mark.oom-kill .drawn{stroke-width:3}\n",
	".cursor{stroke:#11161c;stroke-width:1}\n",
	"@media screen and (prefers-color-scheme:dark){\n",
	".rule{stroke:#2a323b}\n",
	".rule.day{stroke:#515b66}\n",
	".rule.zero{stroke:#8b959f}\n",
	".tick,text.note{fill:#a9b3bd}\n",
	".tick.day{fill:#eef1f4}\n",
	".anon{fill:#1676b0;stroke:#0b3c5c}\n",
	".unmapped{stroke:#2b5a7a}\n",
	".cache{fill:#0aa078;stroke:#02523c}\n",
	".inactive{fill:#12382d}\n",
	".hatch{fill:#1f6f58}\n",
	".on-inactive{fill:#d8f5ec;stroke:#12382d}\n",
	".line.docker{stroke:#fff}\n",
	".line.limit{stroke:#ff8a80}\n",
	".line.anon,.line.goroutines{stroke:#4aa8e0}\n",
	".line.held{stroke:#f0a04b}\n",
	".line.heap{stroke:#2fc79b}\n",
	".line.live{stroke:#e0a0c4}\n",
	"text.limit{fill:#ff8a80}\n",
	"text.limit,text.note{stroke:#12161b}\n",
	".gap{fill:#232a32}\n",
	".mark{stroke:#c3cbd3;fill:#c3cbd3}\n",
	".mark.oom-kill{stroke:#ff8a80;fill:#ff8a80}\n",
	".mark .back{fill:#12161b}\n",
	".cursor{stroke:#eef1f4}\n",
	"}\n",
	NULL,
};

const char *const cgm_report_page_style[] = {
	":root{color-scheme:light dark;--bg:#fff;--panel:#f4f6f8;--ink:#1a1f26;"
	"--soft:#4c555f;--rule:#d5dbe1;--accent:#0b5c96;--warn:#8a5300;--bad:#b3121d}\n",
	"@media screen and (prefers-color-scheme:dark){:root{--bg:#12161b;--panel:#1b2128;"
	"--ink:#e8ecf0;--soft:#a9b3bd;--rule:#313a44;--accent:#6bb8ea;--warn:#f0b35a;"
	"--bad:#ff8a80}}\n",
	"*{box-sizing:border-box}\n",
	"html{-webkit-text-size-adjust:100%}\n",
	"body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,"
	"-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif}\n",
	"main{max-width:1080px;margin:0 auto;padding:32px clamp(16px,4vw,40px) 64px}\n",
	"h1,h2,h3{line-height:1.25;margin:0;text-wrap:balance}\n",
	"h1{font-size:clamp(1.6rem,1.2rem + 2vw,2.25rem);letter-spacing:-.015em;"
	"overflow-wrap:anywhere}\n",
	"h2{font-size:1.3rem;letter-spacing:-.01em;margin-bottom:12px}\n",
	"h3{font-size:1rem;margin:20px 0 4px}\n",
	"section{margin-top:48px}\n",
	"p{margin:0 0 12px;max-width:75ch}\n",
	"code{font:.92em ui-monospace,\"SFMono-Regular\",Menlo,Consolas,monospace}\n",
	".kind{margin:0 0 2px;color:var(--accent);font-weight:600;font-size:.875rem}\n",
	".soft,figcaption{color:var(--soft)}\n",
	"dl,dd,ul,figure{margin:0;padding:0}\n",
	"ul{list-style:none}\n",
	".facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),"
	"1fr));gap:6px 32px;margin-top:24px;font-size:.9375rem}\n",
	".facts div{display:grid;grid-template-columns:6.5em 1fr;gap:8px}\n",
	".facts dt{color:var(--soft)}\n",
	".facts dd{overflow-wrap:anywhere}\n",
	".whole,.when{white-space:nowrap}\n",
	".recorded{margin:24px 0 0;font-size:.875rem}\n",
	".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));"
	"gap:12px;margin-top:6px}\n",
	".tiles div{background:var(--panel);border:1px solid var(--rule);border-radius:10px;"
	"padding:12px 16px}\n",
	".tiles dt{color:var(--soft);font-size:.875rem}\n",
	".tiles b{display:block;font-size:1.375rem;line-height:1.3;white-space:nowrap;"
	"letter-spacing:-.015em;font-variant-numeric:tabular-nums}\n",
	".tiles span{display:block;text-wrap:balance;color:var(--soft);font-size:.875rem;"
	"line-height:1.4}\n",
	".verdict{margin-top:24px;border-left:4px solid var(--accent);padding-left:16px;"
	"font-size:1.0625rem}\n",
	".verdict p:last-child{margin:0}\n",
	"figcaption{max-width:75ch;margin-bottom:8px;font-size:.9375rem}\n",
	".canvas{padding:30px 12px 30px 70px}\n",
	".plot{display:block;width:100%;touch-action:pan-y}\n",
	".tall{height:360px}\n",
	".middling{height:260px}\n",
	".low{height:150px}\n",
	".at{display:flex;align-items:center;gap:.4em;margin:4px 0 8px;max-width:none;"
	"font-variant-numeric:tabular-nums}\n",
	".at b{white-space:nowrap}\n",
	".at input{flex:1;min-width:60px;height:24px;margin:0 0 0 12px;background:none;"
	"appearance:none;cursor:ew-resize}\n",
	".at input::-webkit-slider-runnable-track{height:4px;border-radius:2px;"
	"background:var(--rule)}\n",
	".at input::-moz-range-track{height:4px;border-radius:2px;background:var(--rule)}\n",
	".at input::-webkit-slider-thumb{appearance:none;width:16px;height:16px;"
	"margin-top:-6px;border-radius:50%;background:var(--accent)}\n",
	".at input::-moz-range-thumb{width:16px;height:16px;border:0;border-radius:50%;"
	"background:var(--accent)}\n",
	".legend{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,290px),"
	"1fr));gap:2px 40px}\n",
	".legend li{display:grid;grid-template-columns:22px 1fr auto;gap:10px;"
	"align-items:center;border-bottom:1px solid var(--rule);padding:4px 0;"
	"font-size:.9375rem}\n",
	".legend b{font-weight:600;font-variant-numeric:tabular-nums}\n",
	".swatch{width:22px;height:14px}\n",
	".marks{display:flex;flex-wrap:wrap;gap:4px 24px;margin-top:12px;font-size:.9375rem;"
	"color:var(--soft)}\n",
	".marks li{display:flex;align-items:center;gap:8px}\n",
	".marks svg.mark{width:18px;height:18px}\n",
	"details{margin-top:16px}\n",
	"summary{cursor:pointer;color:var(--accent)}\n",
	".scroll{overflow-x:auto}\n",
	"table{border-collapse:collapse;width:100%;font-size:.9375rem;line-height:1.4}\n",
	"th,td{padding:7px 14px 7px 0;text-align:left;vertical-align:top;border-bottom:1px "
	"solid var(--rule);font-weight:400}\n",
	"th:last-child,td:last-child{padding-right:0}\n",
	"thead th,thead td{color:var(--soft);font-size:.875rem;vertical-align:bottom}\n",
	".num{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}\n",
	"tbody th{min-width:9em}\n",
	".values th,.events th{white-space:nowrap}\n",
	".values thead th{min-width:6.5em;white-space:normal}\n",
	"tr.carrier th,tr.carrier td,tr.sum th,tr.sum td{font-weight:600}\n",
	"tr.sum th,tr.sum td{border-top:2px solid var(--soft)}\n",
	"tr.child th{padding-left:20px;color:var(--soft)}\n",
	"tr.child td{color:var(--soft)}\n",
	"tr.child rect{opacity:.65}\n",
	"td.bar{width:22%;min-width:90px}\n",
	"td.bar svg{display:block;width:100%;height:.9em;margin-top:.25em}\n",
	"td.bar rect{stroke:none}\n",
	".words{min-width:11em}\n",
	".formula{min-width:16em;color:var(--soft)}\n",
	".events{width:auto}\n",
	".events td,.verdict p,li,summary{overflow-wrap:anywhere}\n",
	".finding{border:1px solid var(--rule);border-left:4px solid var(--accent);"
	"border-radius:6px;padding:14px 18px;margin-top:14px}\n",
	".finding.warn{border-left-color:var(--warn)}\n",
	".finding.critical{border-left-color:var(--bad)}\n",
	".finding h3{margin:0 0 4px}\n",
	".finding p{overflow-wrap:anywhere}\n",
	".finding p:last-child{margin:0}\n",
	".finding p{max-width:85ch}\n",
	".badge{font-size:.8125rem;font-weight:600;border:1px solid currentColor;"
	"border-radius:99px;padding:1px 9px;margin-left:6px;color:var(--accent)}\n",
	".warn .badge{color:var(--warn)}\n",
	".critical .badge{color:var(--bad)}\n",
	".size{font-weight:600;margin-bottom:4px}\n",
	".evidence{display:flex;flex-wrap:wrap;gap:2px 20px;margin:0 0 12px;"
	"color:var(--soft);font-size:.9375rem}\n",
	".reading{display:grid;gap:8px;margin-bottom:16px}\n",
	".reading div{display:grid;grid-template-columns:11em 1fr;gap:12px;max-width:85ch}\n",
	".reading dt{font-weight:600}\n",
	"footer{margin-top:48px;padding-top:12px;border-top:1px solid var(--rule);"
	"color:var(--soft);font-size:.875rem}\n",
	":focus-visible{outline:2px solid var(--accent);outline-offset:2px}\n",
	"@media screen and (max-width:640px){\n",
	".wide,.name{display:none}\n",
	".narrow{display:inline}\n",
	".tall{height:280px}\n",
	".middling{height:220px}\n",
	".canvas{padding:30px 6px 30px 60px}\n",
	".tiles{grid-template-columns:repeat(2,minmax(0,1fr))}\n",
	".tiles div{padding:10px 12px}\n",
	".tiles b{font-size:1.2rem;white-space:normal}\n",
	".reading div{grid-template-columns:1fr;gap:0}\n",
	"td.bar{min-width:60px}\n",
	".scroll tbody th,.scroll thead th:first-child{position:sticky;left:0;"
	"background:var(--bg);min-width:8em}\n",
	".values.values tbody th{min-width:0}\n",
	"}\n",
	"@media print{\n",
	"body{font-size:10.5pt}\n",
	"main{max-width:none;padding:0}\n",
	"section{margin-top:24pt}\n",
	".tall{height:260px}\n",
	".at input{display:none}\n",
	".tiles div,.finding,figure,tr{break-inside:avoid}\n",
	"h2,h3{break-after:avoid}\n",
	".scroll{overflow:visible}\n",
	".values{font-size:8pt}\n",
	".values.values th,.values.values td{min-width:0;padding:3px 8px 3px 0}\n",
	"summary{display:none}\n",
	"}\n",
	NULL,
};

/* Of the drawing alone. */
const char *const cgm_report_svg_style[] = {
	".paper{fill:#fff}\n",
	".plot text{stroke-width:0}\n",
	".plot text.on-inactive{stroke-width:6px}\n",
	".plot text.limit,.plot text.note{stroke-width:4px}\n",
	".head{fill:#1a1f26;font-weight:600;font-size:17px}\n",
	".word{fill:#4c555f}\n",
	"@media (prefers-color-scheme:dark){\n",
	".paper{fill:#12161b}\n",
	".head{fill:#e8ecf0}\n",
	".word{fill:#a9b3bd}\n",
	"}\n",
	NULL,
};
/* clang-format on */

const char cgm_report_style_hash[] = "nKs5CEFEkwmTcClfAFo5eYWwiAIDPTlUgM8VeuwoW4E=";
