module go-preimage

go 1.22
