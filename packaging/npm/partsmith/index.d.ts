/** Starting a local S3 server from tests and scripts. */

export interface PartsmithOptions {
  /** Buckets to make at the start: `films`, or `films:versioned`. */
  buckets?: string[];
  /** Folder of the data; without it everything is in a temporary folder, gone at the end. */
  data?: string;
  /** 0, the default, takes a free one. */
  port?: number;
  accessKeyId?: string;
  secretAccessKey?: string;
  region?: string;
  /** Further flags of `partsmith serve`. */
  arguments?: string[];
  /** Added to this process's own environment. */
  environment?: Record<string, string>;
  /** Milliseconds in which the server must be ready; 30,000 unless said. */
  startTimeout?: number;
}

/** What goes wrong on demand. */
export interface Faults {
  /** A preset by its name, as `lost-complete`, or a rule. */
  add(rule: string | Record<string, unknown>): Promise<void>;
  /** The rules, with how often each `matched`, and how often it acted: `hits`. */
  rules(): Promise<Array<Record<string, unknown>>>;
  /** Removes every rule, or the one of that name. */
  clear(name?: string): Promise<void>;
}

/** The time that dates, expiry and listings follow. */
export interface Clock {
  now(): Promise<Date>;
  set(to: Date): Promise<void>;
  advance(seconds: number): Promise<void>;
  freeze(): Promise<void>;
  /** Shows real time again, and goes. */
  reset(): Promise<void>;
}

/** What clients really sent, and what they got. */
export interface Journal {
  /** The requests that match, the oldest first: `operation`, `bucket`, `key`, `status` and so on. */
  entries(filters?: Record<string, string | number>): Promise<Array<Record<string, unknown>>>;
  /** Rejects, with a table of what there is instead, unless there were so many. */
  expect(expectation: Record<string, string | number>): Promise<void>;
  clear(): Promise<void>;
}

export interface PartsmithServer {
  readonly faults: Faults;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Removes every bucket, fault and entry of the journal, and shows real time. */
  reset(): Promise<void>;
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly port: number;
  readonly region: string;
  readonly credentials: { accessKeyId: string; secretAccessKey: string };
  /** What `new S3Client()` of the AWS SDK for JavaScript takes. */
  readonly clientConfig: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    forcePathStyle: boolean;
  };
  /** Variables by which AWS SDKs and the AWS CLI find this server. */
  readonly environment: Record<string, string>;
  /** What the server has written so far, a line per request. */
  readonly log: string;
  /** Ends it after the requests in flight; rejects when it doesn't end well. */
  stop(): Promise<void>;
}

/** Starts a server on a free port; it is ready when the promise is fulfilled. */
export function startPartsmith(options?: PartsmithOptions): Promise<PartsmithServer>;

/** The program that the package for this machine brings along. */
export function programPath(): string;
