module partsmith.dev/partsmith

go 1.24
