export { default } from "./[...path]";
