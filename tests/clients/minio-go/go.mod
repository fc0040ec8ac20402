module partsmith.dev/tests/minio-client

go 1.26.0

require github.com/minio/minio-go/v7 v7.4.1
