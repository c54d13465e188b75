// SPDX-License-Identifier: Apache-2.0
// look CHROMIUM AXE FOLDER PAGE...: opens each page as people would, and says "ok NAME" or "not ok NAME: why". What was seen is left
// in FOLDER. Exit status 2 when the browser itself failed.
'use strict';
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const { Browser } = require('./browser.js');

const [program, axeFile, folder, ...pages] = process.argv.slice(2);
const axe = fs.readFileSync(axeFile, 'utf8');

function tell(name, wrong) {
  console.log(wrong.length ? `not ok report: ${name}: ${wrong.slice(0, 8).join('; ').replace(/\s+/g, ' ')}` : `ok report: ${name}`);
}

// Runs in the page: lettering that lies over other lettering of the same plot, or outside of the window.
function crowded() {
  const wrong = [];
  for (const plot of document.querySelectorAll('svg.plot')) {
    const boxes = [...plot.querySelectorAll('text')].filter((t) => getComputedStyle(t).display !== 'none')
      .map((t) => ({ t: t.textContent, b: t.getBoundingClientRect() })).filter((v) => v.b.width);
    boxes.forEach((v, i) => {
      if (v.b.left < 0 || v.b.right > innerWidth + 0.5) wrong.push(`${v.t} is cut off`);
      boxes.slice(i + 1).forEach((w) => {
        const x = Math.min(v.b.right, w.b.right) - Math.max(v.b.left, w.b.left);
        const y = Math.min(v.b.bottom, w.b.bottom) - Math.max(v.b.top, w.b.top);
        if (x > 0.5 && y > 1.5) wrong.push(`${v.t} lies over ${w.t}`);
      });
    });
  }
  return wrong;
}

// Runs in the page: WCAG 2.1 contrast of lettering in drawings, of which axe-core knows nothing.
function faint() {
  const rgb = (s) => s.match(/[\d.]+/g).slice(0, 3).map(Number);
  const light = (c) => c.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const fill = (e) => rgb(getComputedStyle(e).fill);
  const paper = document.querySelector('.paper') ? fill(document.querySelector('.paper')) : rgb(getComputedStyle(document.body).backgroundColor);
  const wrong = [];
  for (const t of document.querySelectorAll('svg text')) {
    const on = [...t.classList].find((c) => c.startsWith('on-'));
    const under = on && document.querySelector(on === 'on-inactive' ? 'rect.inactive' : `.layer.${on.slice(3)}`);
    const c = contrast(fill(t), under ? fill(under) : paper);
    if (c < 4.5) wrong.push(`${t.textContent}: ${c.toFixed(2)}`);
  }
  for (const l of document.querySelectorAll('.line.docker,.line.limit,.line.anon,.line.held,.line.heap,.line.live,.line.goroutines')) {
    const c = contrast(rgb(getComputedStyle(l).stroke), paper);
    if (c < 3) wrong.push(`${l.getAttribute('class')}: ${c.toFixed(2)}`);
  }
  return wrong;
}

async function accessible(page) {
  await page.run(axe + ';0');
  const found = await page.run(`axe.run(document, { resultTypes: ['violations'] }).then((r) =>
    r.violations.map((v) => v.id + ' ' + v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0] ? n.any[0].message : '')).join(', ')))`);
  return found;
}

const quiet = (page, url) => [...page.said, ...page.asked.filter((u) => u !== url && !u.startsWith('data:')).map((u) => `asks for ${u}`)];

async function looks(browser, url, name) {
  // a drawing has a size of its own; the two pages that have most are looked at from everywhere
  const whole = [[1200, false], [1200, true], [641, false], [360, false], [360, true], [320, false]];
  const views = name.endsWith('.svg') ? whole.slice(0, 2) : /^(web|live)/.test(name) ? whole : [whole[0], whole[4]];
  for (const [width, dark] of views) {
    const page = await browser.page();
    const what = `${name} at ${width}${dark ? ', dark' : ''}`;
    await page.look(width, 900, dark);
    await page.open(url);
    const wide = await page.run('document.documentElement.scrollWidth');
    tell(`${what}: nothing but the page`, quiet(page, url));
    tell(`${what}: fits`, wide > width ? [`is ${wide} wide`] : []);
    tell(`${what}: lettering apart`, await page.run(`(${crowded})()`));
    tell(`${what}: contrast of the plots`, await page.run(`(${faint})()`));
    if (width !== 641 && name.endsWith('.html')) tell(`${what}: axe-core`, await accessible(page));
    await page.shoot(path.join(folder, `${name}.${width}${dark ? '.dark' : ''}.png`));
    await page.close();
  }
}

// The values under the pointer are those of the script's data, and keys do what the pointer does.
async function answers(browser, url, name) {
  const page = await browser.page();
  await page.look(1200, 2000, false);
  await page.open(url);
  const state = `(() => { const f = document.querySelector('figure[data-plot]'); const d = JSON.parse(f.querySelector('script').textContent);
    return { at: f.querySelector('[data-at]').textContent, docker: f.querySelector('[data-key=docker]').textContent,
      n: d.at.length, all: d.at, value: f.querySelector('input').value, said: f.querySelector('input').getAttribute('aria-valuetext'),
      line: f.querySelector('.cursor').getAttribute('visibility') }; })()`;
  const before = await page.run(state);
  const box = await page.run(`(() => { const r = document.querySelector('svg.plot').getBoundingClientRect(); return { x: r.left, y: r.top, w: r.width, h: r.height }; })()`);
  const wrong = [];
  if (before.at !== before.all[before.n - 1] || before.line !== 'hidden') wrong.push(`begins at ${before.at}`);
  await page.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: box.x, y: box.y + 20 });
  const first = await page.run(state);
  if (first.at !== first.all[0] || first.line !== 'visible') wrong.push(`at the left edge: ${first.at}, not ${first.all[0]}`);
  await page.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: 3, y: 3 });
  const after = await page.run(state);
  if (after.at !== before.at || after.docker !== before.docker) wrong.push(`away from it: ${after.at}`);
  await page.run(`document.querySelector('figure input').focus()`);
  for (const type of ['keyDown', 'keyUp']) await page.send('Input.dispatchKeyEvent', { type, key: 'ArrowLeft', code: 'ArrowLeft', windowsVirtualKeyCode: 37 });
  const keyed = await page.run(state);
  if (keyed.at !== keyed.all[keyed.n - 2] || !keyed.said.startsWith(`${keyed.at}, docker`)) wrong.push(`an arrow key: ${keyed.at}, ${keyed.said}`);
  tell(`${name}: values under the pointer and by keys`, wrong);
  await page.close();
}

// The policy: what got into the page would not run.
async function guarded(browser, url, name) {
  const page = await browser.page();
  await page.open(url);
  const before = await page.run(`[getComputedStyle(document.body).marginTop, document.querySelectorAll('figure input').length, document.querySelectorAll('figure').length]`);
  const ran = await page.run(`new Promise((done) => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s);
    const p = document.createElement('p'); p.setAttribute('onclick', 'window.ran = 2'); document.body.append(p); p.click();
    const i = document.createElement('img'); i.onload = i.onerror = (e) => done([window.ran === undefined, e.type]);
    i.src = 'https://example.invalid/x'; document.body.append(i); })`);
  const refused = (what) => page.said.filter((t) => t.includes(what) && t.includes('Content Security Policy')).length;
  const wrong = [];
  if (before[0] !== '0px') wrong.push('its own style is refused');
  if (before[1] !== before[2]) wrong.push('its own script is refused');
  if (!ran[0] || refused('inline script') !== 1 || refused('event handler') !== 1) wrong.push("a script that is not the page's ran");
  if (ran[1] !== 'error' || refused('the image') !== 1) wrong.push('a picture was asked for');
  tell(`${name}: policy`, wrong);
  await page.close();
}

async function withoutScript(browser, url, name) {
  const page = await browser.page();
  await page.send('Emulation.setScriptExecutionDisabled', { value: true });
  await page.look(1200, 900, false);
  await page.open(url);
  await page.send('Emulation.setScriptExecutionDisabled', { value: false });
  const seen = await page.run(`[document.querySelectorAll('[data-key]').length, document.querySelectorAll('table.values tbody tr').length,
    document.querySelectorAll('svg.plot > title').length, document.querySelectorAll('figure input').length]`);
  tell(`${name}: without script`, quiet(page, url).concat(seen[0] > 3 && seen[1] > 1 && seen[2] >= 1 && seen[3] === 0 ? [] : [`sees ${seen}`]));
  await page.close();
}

async function onPaper(browser, url, name) {
  const page = await browser.page();
  await page.look(1200, 900, true);
  await page.open(url);
  const { data } = await page.send('Page.printToPDF', { paperWidth: 8.27, paperHeight: 11.69, printBackground: false });
  const pdf = Buffer.from(data, 'base64');
  fs.writeFileSync(path.join(folder, `${name}.pdf`), pdf);
  const n = (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) || []).length;
  await page.look(794, 1123, true, 'print');
  const paper = await page.run('getComputedStyle(document.body).backgroundColor');
  await page.shoot(path.join(folder, `${name}.print.png`));
  tell(`${name}: printed`, (n >= 1 && n <= 12 ? [] : [`${n} pages`]).concat(paper === 'rgb(255, 255, 255)' ? [] : [`on ${paper}`]));
  await page.close();
}

async function main() {
  const browser = new Browser(program);
  try {
    for (const file of pages) {
      const name = path.basename(file);
      const url = pathToFileURL(file).href;
      await looks(browser, url, name);
      if (!name.endsWith('.html')) continue;
      await guarded(browser, url, name);
      await onPaper(browser, url, name);
      if (name === 'alone.html') continue;
      await withoutScript(browser, url, name);
      await answers(browser, url, name);
    }
  } finally {
    await browser.close();
  }
}

main().catch((e) => {
  console.error(e);
  process.exit(2);
});
