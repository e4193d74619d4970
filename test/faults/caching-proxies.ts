import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContractServer } from "../adapters/contract.ts";

/** A proxy that stores responses for all visitors; it says in `X-Cache` where a response comes from. */
export interface CachingProxy {
  readonly program: string;
  /** The Debian package. */
  readonly packageName: string;
  /** @param folder may be written by anyone. */
  configure(folder: string, port: number, origin: string): string;
  args(file: string): string[];
}

/** It stores what is `public` and has a Set-Cookie, by default. */
const apache: CachingProxy = {
  program: "/usr/sbin/apache2",
  packageName: "apache2",
  configure: (folder, port, origin) => `
    ServerRoot ${folder}
    ServerName localhost
    PidFile ${folder}/pid
    ErrorLog ${folder}/log
    Listen 127.0.0.1:${port}
    ${process.getuid?.() === 0 ? "User www-data\nGroup www-data" : ""}
    ${["mpm_event", "authz_core", "proxy", "proxy_http", "cache", "cache_disk"]
      .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
      .join("\n")}
    CacheEnable disk /
    CacheRoot ${folder}/cache
    CacheHeader on
    ProxyPass / ${origin}/
    ProxyPassReverse / ${origin}/`,
  args: (file) => ["-f", file, "-D", "FOREGROUND"],
};

/** nginx. @param http what its configuration says of HTTP, beside where it keeps its files. */
export const nginxWith = (http: (folder: string, port: number, origin: string) => string): CachingProxy => ({
  program: "/usr/sbin/nginx",
  packageName: "nginx",
  configure: (folder, port, origin) => `
    daemon off;
    pid ${folder}/pid;
    error_log ${folder}/log;
    ${process.getuid?.() === 0 ? "user root;" : ""}
    events {}
    http {
      access_log off;
      ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
      ${http(folder, port, origin)}
    }`,
  args: (file) => ["-c", file, "-e", "stderr"],
});

/** It stores them if it is told so, and here serves everyone the same. */
const nginx = nginxWith(
  (folder, port, origin) => `
      proxy_cache_path ${folder}/cache keys_zone=pages:1m;
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass ${origin};
          proxy_cache pages;
          proxy_ignore_headers Set-Cookie Vary;
          add_header X-Cache $upstream_cache_status always;
        }
      }`,
);

export const PROXIES: Readonly<Record<string, CachingProxy>> = {
  "Apache's mod_cache": apache,
  "nginx's proxy_cache": nginx,
};

/** True on a machine that may lack the program: then its tests are skipped. In CI, it must be there. */
export function isMissing({ program }: CachingProxy): boolean {
  return !existsSync(program) && !process.env.CI;
}

/** Starts a proxy in front of a server. */
export async function startProxy(proxy: CachingProxy, origin: string): Promise<ContractServer> {
  const { program, packageName } = proxy;
  if (!existsSync(program)) throw new Error(`There is no ${program}: run \`apt-get install ${packageName}\`.`);
  const folder = await mkdtemp(join(tmpdir(), "onceover-"));
  await mkdir(join(folder, "cache"));
  for (const path of [folder, join(folder, "cache")]) await chmod(path, 0o777);
  const port = await freePort();
  const file = join(folder, "conf");
  await writeFile(file, proxy.configure(folder, port, origin));
  const process = spawn(program, proxy.args(file), { stdio: ["ignore", "ignore", "inherit"] });
  const close = async () => {
    await stop(process);
    await rm(folder, { recursive: true, force: true });
  };
  const started = { origin: `http://127.0.0.1:${port}`, close };
  if (await answers(started.origin, process)) return started;
  const log = await readFile(join(folder, "log"), "utf8").catch(() => "");
  await close();
  throw new Error(`${program} does not start: ${log}`);
}

/** These programs cannot be told to take any port. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function answers(origin: string, process: ChildProcess): Promise<boolean> {
  for (let attempt = 0; attempt < 100 && process.exitCode === null; attempt += 1) {
    const response = await fetch(`${origin}/started`).catch(() => undefined);
    if (response) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

async function stop(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null) return;
  process.kill("SIGTERM");
  await once(process, "exit");
}
