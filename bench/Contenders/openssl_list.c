// What is left when everything but OpenSSL is taken away: a verified TLS connection and one short LIST, in C. The difference to this is
// what the plugin adds; the difference of this to an empty program is what loading and starting the library costs.
// Arguments: the CA's PEM file, the token, an https URL with an IPv4 address.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *what)
{
    fprintf(stderr, "%s failed\n", what);
    return 1;
}

int main(int argc, char **argv)
{
    char host[64], path[1024], buffer[65536];
    int port;
    if (argc != 4 || sscanf(argv[3], "https://%63[^:]:%d%1023s", host, &port, path) != 3)
        return fail("reading the arguments");

    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_load_verify_file(context, argv[1]) != 1)
        return fail("reading the CA");

    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        return fail("connecting");

    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host);
    if (SSL_connect(ssl) != 1)
        return fail("the handshake");

    int length = snprintf(buffer, sizeof buffer,
        "GET %s HTTP/1.1\r\nHost: %s:%d\r\nAuthorization: Bearer %s\r\n\r\n", path, host, port, argv[2]);
    SSL_write(ssl, buffer, length);

    // A short LIST has a Content-Length; that is all that is read here.
    length = 0;
    long whole = -1;
    for (int count; length != whole && (count = SSL_read(ssl, buffer + length, sizeof buffer - 1 - length)) > 0;)
    {
        buffer[length += count] = 0;
        char *body = strstr(buffer, "\r\n\r\n"), *field = strstr(buffer, "Content-Length: ");
        if (whole < 0 && body && field)
            whole = body + 4 - buffer + atol(field + 16);
    }
    _exit(length == whole && memcmp(buffer, "HTTP/1.1 200", 12) == 0 ? 0 : fail("the LIST"));
}
