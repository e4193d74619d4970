export { default } from "@/app/about/page";
