// The AWS SDK for Go against one server: main ENDPOINT BUCKET SCENARIO. What it saw goes to standard output as JSON,
// for test_go_sdk.py to judge.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

const mib = 1 << 20

type seen map[string]any

func content(size int) []byte {
	block := sha256.Sum256([]byte("gopher"))
	return bytes.Repeat(block[:], size/len(block)+1)[:size]
}

// refusal is how the SDK names an error, and the status it came with.
func refusal(err error) seen {
	var api smithy.APIError
	var response *awshttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &response) {
		return seen{"error": fmt.Sprint(err)}
	}
	return seen{"code": api.ErrorCode(), "status": response.HTTPStatusCode()}
}

func keys(ctx context.Context, client *s3.Client, bucket string) ([]string, error) {
	found := []string{}
	pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: &bucket, MaxKeys: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, object := range page.Contents {
			found = append(found, *object.Key)
		}
	}
	return found, nil
}

var scenarios = map[string]func(context.Context, *s3.Client, string) (seen, error){
	// A program that names the feature it does not want must get its bucket.
	"bucket": func(ctx context.Context, client *s3.Client, bucket string) (seen, error) {
		name := bucket + "-of-go"
		if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{
			Bucket: &name, ObjectLockEnabledForBucket: aws.Bool(false)}); err != nil {
			return nil, err
		}
		_, err := client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &name})
		return seen{}, err
	},

	"upload": func(ctx context.Context, client *s3.Client, bucket string) (seen, error) {
		sent := content(12 * mib)
		uploader := manager.NewUploader(client, func(u *manager.Uploader) { u.PartSize = 5 * mib })
		// A reader without a length, as from a pipe.
		done, err := uploader.Upload(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("folder/a stream é"),
			Body: io.MultiReader(bytes.NewReader(sent)), Metadata: map[string]string{"owner": "gopher"}})
		if err != nil {
			return nil, err
		}
		buffer := manager.NewWriteAtBuffer(nil)
		downloader := manager.NewDownloader(client, func(d *manager.Downloader) { d.PartSize = 5 * mib })
		if _, err := downloader.Download(ctx, buffer, &s3.GetObjectInput{Bucket: &bucket, Key: done.Key}); err != nil {
			return nil, err
		}
		head, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: done.Key})
		if err != nil {
			return nil, err
		}
		return seen{"etag": *done.ETag, "same": bytes.Equal(sent, buffer.Bytes()), "metadata": head.Metadata}, nil
	},

	"upload-and-list": func(ctx context.Context, client *s3.Client, bucket string) (seen, error) {
		uploader := manager.NewUploader(client, func(u *manager.Uploader) { u.PartSize = 5 * mib })
		if _, err := uploader.Upload(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("a stream"),
			Body: io.MultiReader(bytes.NewReader(content(12 * mib)))}); err != nil {
			return nil, err
		}
		found, err := keys(ctx, client, bucket)
		return seen{"keys": found}, err
	},

	"abort": func(ctx context.Context, client *s3.Client, bucket string) (seen, error) {
		key := aws.String("aborted")
		upload, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: key})
		if err != nil {
			return nil, err
		}
		part := func(number int32) error {
			_, err := client.UploadPart(ctx, &s3.UploadPartInput{Bucket: &bucket, Key: key, UploadId: upload.UploadId,
				PartNumber: aws.Int32(number), Body: strings.NewReader("part")})
			return err
		}
		if err := part(1); err != nil {
			return nil, err
		}
		if _, err := client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
			Bucket: &bucket, Key: key, UploadId: upload.UploadId}); err != nil {
			return nil, err
		}
		return seen{"late": refusal(part(2))}, nil
	},

	"list": func(ctx context.Context, client *s3.Client, bucket string) (seen, error) {
		var batch []types.ObjectIdentifier
		for _, key := range []string{"+", "a", "b c", "d/e", "é"} {
			if _, err := client.PutObject(ctx, &s3.PutObjectInput{
				Bucket: &bucket, Key: &key, Body: strings.NewReader(key)}); err != nil {
				return nil, err
			}
			batch = append(batch, types.ObjectIdentifier{Key: &key})
		}
		before, err := keys(ctx, client, bucket)
		if err != nil {
			return nil, err
		}
		if _, err := client.DeleteObjects(ctx, &s3.DeleteObjectsInput{
			Bucket: &bucket, Delete: &types.Delete{Objects: batch}}); err != nil {
			return nil, err
		}
		after, err := keys(ctx, client, bucket)
		return seen{"before": before, "after": after}, err
	},

	"errors": func(ctx context.Context, client *s3.Client, bucket string) (seen, error) {
		_, missing := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("missing")})
		_, exists := client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("there"), Body: strings.NewReader("1")})
		if exists != nil {
			return nil, exists
		}
		_, again := client.PutObject(ctx, &s3.PutObjectInput{
			Bucket: &bucket, Key: aws.String("there"), Body: strings.NewReader("2"), IfNoneMatch: aws.String("*")})
		return seen{"missing": refusal(missing), "again": refusal(again)}, nil
	},

	"presigned": func(ctx context.Context, client *s3.Client, bucket string) (seen, error) {
		signer := s3.NewPresignClient(client)
		put, err := signer.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("by URL")})
		if err != nil {
			return nil, err
		}
		request, err := http.NewRequestWithContext(ctx, put.Method, put.URL, strings.NewReader("by URL"))
		if err != nil {
			return nil, err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, err
		}
		answer.Body.Close()
		get, err := signer.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("by URL")})
		if err != nil {
			return nil, err
		}
		got, err := http.Get(get.URL)
		if err != nil {
			return nil, err
		}
		defer got.Body.Close()
		text, err := io.ReadAll(got.Body)
		return seen{"put": answer.StatusCode, "got": string(text)}, err
	},
}

func main() {
	ctx := context.Background()
	endpoint, bucket, scenario := os.Args[1], os.Args[2], os.Args[3]
	client := s3.New(s3.Options{
		BaseEndpoint: &endpoint,
		Region:       "us-east-1",
		UsePathStyle: true,
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	saw, err := scenarios[scenario](ctx, client, bucket)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(saw); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
