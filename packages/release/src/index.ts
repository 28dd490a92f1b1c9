/** What a release is, to those who publish it and to those who receive it. Pure: values in, values out. */
export { compareVersions } from "./version.ts";
