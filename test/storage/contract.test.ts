import { cookieStorage, fallbackStorage, type Storage, sessionStorage } from "onceover";
import { storageContract } from "onceover/testing";
import { describe, test } from "vitest";
import { SECRET, slow } from "../support.ts";

const cookies = () => cookieStorage({ secret: SECRET });
const djangoCookie = () => cookieStorage({ secret: SECRET, compat: "django" });

const storages: Record<string, { create: () => Storage; parallel?: boolean; data?: boolean }> = {
  cookie: { create: cookies },
  "cookie as Django's": { create: djangoCookie, parallel: false, data: false },
  session: { create: sessionStorage, parallel: false },
  fallback: { create: () => fallbackStorage(cookies(), sessionStorage()) },
  "fallback as Django's": {
    create: () => fallbackStorage(djangoCookie(), sessionStorage()),
    parallel: false,
    data: false,
  },
  "fallback, first storage slow": { create: () => fallbackStorage(slow(cookies()), sessionStorage()) },
  "fallback, second storage slow": { create: () => fallbackStorage(cookies(), slow(sessionStorage())) },
};

for (const [name, options] of Object.entries(storages)) {
  describe(`storage contract: ${name}`, () => {
    for (const { name, run } of storageContract(options)) test(name, run);
  });
}
