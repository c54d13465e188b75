// SPDX-License-Identifier: Apache-2.0
// A headless Chromium, spoken to over a pipe (Chrome DevTools Protocol: https://chromedevtools.github.io/devtools-protocol/).
// Nothing is needed but node itself. Whoever starts one ends it.
'use strict';
const { spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--remote-debugging-pipe', '--hide-scrollbars'];

class Browser {
  constructor(program, env) {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cgmem-report.'));
    this.child = spawn(program, [...FLAGS, `--user-data-dir=${this.folder}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: { ...process.env, ...env }, detached: true });
    this.next = 1;
    this.waiting = new Map();
    this.listeners = [];
    let rest = '';
    this.child.stdio[4].setEncoding('utf8');
    this.child.stdio[4].on('data', (data) => {
      const all = (rest + data).split('\0');
      rest = all.pop();
      all.forEach((text) => this.take(JSON.parse(text)));
    });
    this.child.on('error', (e) => this.fail(e));
    this.child.on('exit', () => this.fail(new Error('the browser ended')));
    this.child.stdio[3].on('error', () => {});
  }

  fail(error) {
    this.waiting.forEach((w) => w.reject(error));
    this.waiting.clear();
  }

  take(message) {
    const w = this.waiting.get(message.id);
    if (w) {
      this.waiting.delete(message.id);
      if (message.error) w.reject(new Error(`${w.method}: ${message.error.message}`));
      else w.resolve(message.result);
    } else this.listeners.forEach((l) => l(message));
  }

  send(method, params, sessionId) {
    const id = this.next++;
    this.child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject, method }));
  }

  // A page of its own; said: what it complains of, asked: what it asks for beside itself.
  async page() {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = { said: [], asked: [], send: (method, params) => this.send(method, params, sessionId) };
    this.listeners.push((m) => {
      if (m.sessionId !== sessionId) return;
      const p = m.params;
      if (m.method === 'Runtime.consoleAPICalled') page.said.push(p.args.map((a) => a.value || a.description).join(' '));
      else if (m.method === 'Runtime.exceptionThrown') page.said.push(p.exceptionDetails.exception?.description || p.exceptionDetails.text);
      else if (m.method === 'Log.entryAdded') page.said.push(p.entry.text);
      else if (m.method === 'Network.requestWillBeSent') page.asked.push(p.request.url);
      else if (m.method === 'Page.loadEventFired' && page.loaded) page.loaded();
    });
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`, {});
    page.close = () => this.send('Target.closeTarget', { targetId });
    page.open = async (url) => {
      const loaded = new Promise((resolve) => { page.loaded = resolve; });
      await page.send('Page.navigate', { url });
      await loaded;
    };
    page.look = (width, height, dark, media) => Promise.all([
      page.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 }),
      page.send('Emulation.setEmulatedMedia', { media: media || '', features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] }),
    ]);
    page.run = async (expression) => {
      const r = await page.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      if (r.exceptionDetails) throw new Error(r.exceptionDetails.exception?.description || r.exceptionDetails.text);
      return r.result.value;
    };
    page.shoot = async (file) => {
      const { data } = await page.send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true });
      fs.writeFileSync(file, Buffer.from(data, 'base64'));
    };
    return page;
  }

  async close() {
    const gone = new Promise((resolve) => { this.child.on('exit', resolve); });
    this.send('Browser.close', {}).catch(() => {});
    const late = setTimeout(() => { try { process.kill(-this.child.pid, 'SIGKILL'); } catch (e) { /* gone */ } }, 10000);
    if (this.child.exitCode === null) await gone;
    clearTimeout(late);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

module.exports = { Browser };
