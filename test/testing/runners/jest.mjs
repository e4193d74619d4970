import { defineCases } from "./cases.mjs";

defineCases(globalThis.test);
