'use strict';
/** Starts the server that the package for this machine's processor brings along. */
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** The program: that of PARTSMITH_PROGRAM, else of the package for this machine. */
function programPath() {
  if (process.env.PARTSMITH_PROGRAM) return process.env.PARTSMITH_PROGRAM;
  const name = `@partsmith/${process.platform}-${process.arch}`;
  try {
    return require.resolve(`${name}/bin/partsmith`);
  } catch {
    throw new Error(`partsmith has no program for ${process.platform} on ${process.arch}, or ${name} was not installed ` +
      '(npm leaves it out with --omit=optional)');
  }
}

function commandOf(options, readyFile) {
  const buckets = (options.buckets ?? []).flatMap((bucket) => ['--bucket', bucket]);
  const where = options.data ? ['--data', options.data] : ['--ephemeral'];
  return ['serve', '--port', String(options.port ?? 0), '--ready-file', readyFile, '--access-key', options.accessKeyId ?? 'test',
    '--region', options.region ?? 'us-east-1', ...where, ...buckets, ...(options.arguments ?? [])];
}

/** What was set for another server doesn't count; the secret goes by the environment, which other users can't read. */
function environmentOf(options) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARTSMITH_'));
  return { ...Object.fromEntries(inherited), PARTSMITH_SECRET_KEY: options.secretAccessKey ?? 'test', ...options.environment };
}

/** Requests to the control API; the JSON that answers. */
async function control(endpoint, method, path, { body, query = {} } = {}) {
  const url = new URL(`/_partsmith/v1/${path}`, endpoint);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  const answer = await fetch(url, {
    method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.trim()}`);
  return text.trim() ? JSON.parse(text) : undefined;
}

/** What goes wrong on demand: presets by their names, or rules. */
class Faults {
  #ask;
  constructor(ask) { this.#ask = ask; }
  async add(rule) { await this.#ask('POST', 'faults', { body: typeof rule === 'string' ? { preset: rule } : rule }); }
  async rules() { return (await this.#ask('GET', 'faults')).faults; }
  async clear(name) { await this.#ask('DELETE', name === undefined ? 'faults' : `faults/${encodeURIComponent(name)}`); }
}

/** The time that dates, expiry and listings follow. */
class Clock {
  #ask;
  constructor(ask) { this.#ask = ask; }
  async now() { return new Date((await this.#ask('GET', 'clock')).now); }
  async set(to) { await this.#ask('POST', 'clock', { body: { set: to.toISOString().replace(/\.\d+Z$/, 'Z') } }); }
  async advance(seconds) { await this.#ask('POST', 'clock', { body: { advance: `${Math.trunc(seconds)}s` } }); }
  async freeze() { await this.#ask('POST', 'clock', { body: { frozen: true } }); }
  async reset() { await this.#ask('POST', 'clock', { body: { reset: true } }); }
}

/** What clients really sent, and what they got. */
class Journal {
  #ask;
  constructor(ask) { this.#ask = ask; }
  async entries(filters = {}) {
    const told = await this.#ask('GET', 'journal', { query: filters });
    return Array.isArray(told) ? told : told.entries;
  }
  async expect(expectation) {
    const told = await this.#ask('POST', 'journal/expect', { body: expectation });
    if (!told.holds) throw new Error(told.text ?? `${told.found} were found`);
  }
  async clear() { await this.#ask('DELETE', 'journal'); }
}

class PartsmithServer {
  #child;
  #folder;
  #ended;
  #killAtExit;

  constructor(child, folder, ended, ready, options) {
    this.#child = child;
    this.#folder = folder;
    this.#ended = ended;
    this.#killAtExit = () => child.kill('SIGKILL');
    process.on('exit', this.#killAtExit);
    this.endpoint = ready.url;
    this.port = ready.port;
    const ask = (...request) => control(ready.url, ...request);
    this.faults = new Faults(ask);
    this.clock = new Clock(ask);
    this.journal = new Journal(ask);
    this.region = options.region ?? 'us-east-1';
    this.credentials = { accessKeyId: options.accessKeyId ?? 'test', secretAccessKey: options.secretAccessKey ?? 'test' };
  }

  /** What `new S3Client()` of the AWS SDK for JavaScript takes. */
  get clientConfig() {
    return { endpoint: this.endpoint, region: this.region, credentials: this.credentials, forcePathStyle: true };
  }

  /** Variables by which AWS SDKs and the AWS CLI find this server. */
  get environment() {
    return {
      AWS_ENDPOINT_URL_S3: this.endpoint, AWS_ACCESS_KEY_ID: this.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.credentials.secretAccessKey, AWS_REGION: this.region, AWS_DEFAULT_REGION: this.region,
    };
  }

  /** What the server has written so far, a line per request. */
  get log() {
    return fs.readFileSync(path.join(this.#folder, 'log'), 'utf8');
  }

  /** Removes every bucket, fault and entry of the journal, and shows real time. */
  async reset() {
    await control(this.endpoint, 'POST', 'reset');
  }

  /** Ends it after the requests in flight; rejects when it doesn't end well. */
  async stop() {
    process.off('exit', this.#killAtExit);
    this.#child.ref();
    this.#child.kill('SIGTERM');
    const { code, signal } = await this.#ended;
    fs.rmSync(this.#folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`partsmith ended with ${signal ?? code}`);
  }

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    await this.stop();
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Starts a server on a free port; it is ready when the promise is fulfilled. */
async function startPartsmith(options = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'partsmith-'));
  const readyFile = path.join(folder, 'ready.json');
  const log = fs.openSync(path.join(folder, 'log'), 'a');
  const child = spawn(programPath(), commandOf(options, readyFile),
    { stdio: ['ignore', log, log], env: environmentOf(options) });
  fs.closeSync(log);
  let end;
  const ended = new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve((end = { code, signal })));
    child.on('error', (error) => resolve((end = { code: error.message })));
  });
  const deadline = Date.now() + (options.startTimeout ?? 30_000);
  while (!fs.existsSync(readyFile)) {
    if (end || Date.now() > deadline) {
      child.kill('SIGKILL');
      const written = fs.readFileSync(path.join(folder, 'log'), 'utf8').slice(-2000);
      fs.rmSync(folder, { recursive: true, force: true });
      throw new Error(`partsmith ${end ? `ended with ${end.signal ?? end.code} at the start` : 'was not ready in time'}:\n${written}`);
    }
    await pause(5);
  }
  // The process may end while the server runs: tests that forgot to stop it don't hang.
  child.unref();
  return new PartsmithServer(child, folder, ended, JSON.parse(fs.readFileSync(readyFile, 'utf8')), options);
}

module.exports = { startPartsmith, programPath };
