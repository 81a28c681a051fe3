"""DMARC as OpenDMARC's library judges it, by RFC 7489: libopendmarc, over the C interface of its dmarc.h."""

import ctypes
import socket
import struct
import tempfile

MAXPATHLEN, MAXNS = 4096, 3
MOZILLA = 1
IPV4 = 4
MAILFROM, HELO = 1, 2
OUTCOMES = {"none": 0, "pass": 1, "temperror": 3}
FAIL = 2
NO_RECORD, NXDOMAIN, TMPERR = 9, 10, 11
ENDS = {14: ("none", None), 15: ("pass", None), 16: ("fail", "reject"), 17: ("fail", "quarantine"), 18: ("fail", "none")}


class Settings(ctypes.Structure):
    """OPENDMARC_LIB_T."""

    _fields_ = [
        ("tld_type", ctypes.c_int),
        ("tld_source_file", ctypes.c_char * MAXPATHLEN),
        ("nscount", ctypes.c_int),
        ("nsaddr_list", ctypes.c_byte * (16 * MAXNS)),
    ]


def open_library():
    library = ctypes.CDLL("libopendmarc.so.2")
    library.opendmarc_policy_connect_init.restype = ctypes.c_void_p
    library.opendmarc_policy_connect_init.argtypes = [ctypes.c_char_p, ctypes.c_int]
    library.opendmarc_policy_connect_shutdown.argtypes = [ctypes.c_void_p]
    library.opendmarc_policy_store_from_domain.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.opendmarc_policy_store_spf.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int, ctypes.c_char_p]
    library.opendmarc_policy_store_dkim.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p]
    library.opendmarc_policy_query_dmarc.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.opendmarc_get_policy_to_enforce.argtypes = [ctypes.c_void_p]
    return library


class OpenDmarc:
    """Looks names up at 127.0.0.1:port alone."""

    def __init__(self, port, suffixes):
        """suffixes: the lines of a public suffix list."""
        self.library = open_library()
        with tempfile.NamedTemporaryFile("w", suffix=".dat", encoding="utf-8") as file:
            file.writelines(suffixes)
            file.flush()
            server = struct.pack("=HH4s8x", socket.AF_INET, socket.htons(port), socket.inet_aton("127.0.0.1"))
            servers = (ctypes.c_byte * (16 * MAXNS)).from_buffer_copy(server.ljust(16 * MAXNS, b"\0"))
            self.settings = Settings(MOZILLA, file.name.encode(), 1, servers)
            status = self.library.opendmarc_policy_library_init(ctypes.byref(self.settings))
        if status != 0:
            raise RuntimeError("opendmarc_policy_library_init says %d" % status)

    def check(self, name, *args):
        status = getattr(self.library, "opendmarc_policy_" + name)(*args)
        if status != 0:
            raise RuntimeError("opendmarc_policy_%s says %d" % (name, status))

    def judge(self, domain, ip, spf, dkim):
        """spf: result, domain, whether it is of HELO; dkim: (result, domain, selector) of each signature. -> result, policy"""
        context = self.library.opendmarc_policy_connect_init(ip.encode(), IPV4)
        try:
            result, checked, of_helo = spf
            origin = HELO if of_helo else MAILFROM
            author = domain.encode()
            self.check("store_from_domain", context, author)
            self.check("store_spf", context, checked.encode(), OUTCOMES.get(result, FAIL), origin, None)
            for result, signer, selector in dkim:
                outcome = OUTCOMES["pass"] if result == "pass" else FAIL
                self.check("store_dkim", context, signer.encode(), selector.encode(), outcome, None)
            status = self.library.opendmarc_policy_query_dmarc(context, author)
            if status == TMPERR:
                return "temperror", None
            if status != 0:
                return "none", None
            return ENDS[self.library.opendmarc_get_policy_to_enforce(context)]
        finally:
            self.library.opendmarc_policy_connect_shutdown(context)
