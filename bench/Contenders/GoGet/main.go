// The least that one LIST costs a Go program: one GET over TLS with net/http, the body thrown away.
//
// usage: goget CA-FILE TOKEN URL
package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
)

func main() {
	pem, err := os.ReadFile(os.Args[1])
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(pem) {
		os.Exit(2)
	}

	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	request, err := http.NewRequest(http.MethodGet, os.Args[3], nil)
	if err != nil {
		os.Exit(2)
	}

	request.Header.Set("Authorization", "Bearer "+os.Args[2])
	response, err := client.Do(request)
	if err != nil || response.StatusCode != http.StatusOK {
		os.Exit(1)
	}

	if _, err = io.Copy(io.Discard, response.Body); err != nil {
		os.Exit(1)
	}
}
