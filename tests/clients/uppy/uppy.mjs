// What a page takes of Uppy, for esbuild to make one file of.
export { default as Uppy } from "@uppy/core";
export { default as AwsS3 } from "@uppy/aws-s3";
