/**
 * For the tests of apps that use messages, and of storages. It works under Vitest, Jest and node:test.
 *
 * @module
 */
export { type AssertOptions, assertMessages, type ExpectedMessage, type ResponseLike } from "./assert-messages.ts";
export { type StorageCase, type StorageContractOptions, storageContract } from "./storage-contract.ts";
export { Visitor } from "./visitor.ts";
