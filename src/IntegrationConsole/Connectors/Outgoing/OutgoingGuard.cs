using System.Net;
using System.Net.Sockets;
using IntegrationConsole.Connectors.Failures;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Connectors.Outgoing;

/// <summary>
/// Decides where a connection may go. A name is resolved here, every address it has is judged, and the caller connects
/// to an address that was judged: a second look-up cannot answer differently. Ranges follow the IANA special-purpose
/// address registries (RFC 6890 and its successors); of IPv6 only global unicast (2000::/3, RFC 4291) is public at all.
/// </summary>
public sealed class OutgoingGuard
{
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private readonly IPNetwork[] _allowed;
    private readonly OutgoingOptions _options;

    public OutgoingGuard(IOptions<OutgoingOptions> options)
    {
        _options = options.Value;
        _allowed = [.. _options.AllowedNetworks.Select(text => IPNetwork.Parse(text))];
    }

    /// <summary>The addresses of a host that may be connected to.</summary>
    /// <exception cref="FailureException">It has no address, or one that may not be reached.</exception>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        if (IPAddress.TryParse(host.Trim('[', ']'), out var literal))
        {
            addresses = [literal];
        }
        else
        {
            try
            {
                addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
            }
            catch (SocketException unknown)
            {
                throw new FailureException(FailureClassifier.Classify(unknown, host), unknown);
            }
        }

        if (addresses.Length == 0)
        {
            throw new FailureException(FailureClassifier.Classify(new SocketException((int)SocketError.NoData), host));
        }

        // One forbidden address is enough to refuse: a name that points inside is not used by accident.
        if (!addresses.All(MayReach))
        {
            throw new FailureException(new Failure(
                FailureCause.Configuration,
                $"{host} is an address inside this network, which connections may not reach: name its network in Outgoing__AllowedNetworks if that is meant.",
                "guard"));
        }

        return addresses;
    }

    /// <summary>Whether this scheme may be used to these addresses.</summary>
    public bool MayGoUnencrypted(IReadOnlyList<IPAddress> addresses) => _options.AllowUnencrypted || addresses.All(IsAllowedNetwork);

    /// <exception cref="FailureException">The address is http: and would carry what it carries in the open.</exception>
    public void RefuseUnencrypted(Uri address, IReadOnlyList<IPAddress> addresses)
    {
        if (address.Scheme == Uri.UriSchemeHttp && !MayGoUnencrypted(addresses))
        {
            throw new FailureException(new Failure(FailureCause.Configuration, $"{address.Host} would be called without encryption: use an https address.", "unencrypted"));
        }
    }

    public bool MayReach(IPAddress address)
    {
        var plain = Unwrap(address);
        return IsAllowedNetwork(plain) || IsPublic(plain);
    }

    private static bool IsPublic(IPAddress plain) =>
        (plain.AddressFamily is AddressFamily.InterNetwork || Contains(GlobalUnicast, plain)) && !NotPublic.Any(network => Contains(network, plain));

    private bool IsAllowedNetwork(IPAddress address)
    {
        var plain = Unwrap(address);
        return _allowed.Any(network => Contains(network, plain));
    }

    /// <summary>An IPv4 address may come dressed as IPv6: mapped (::ffff:…), compatible (::…) or translated (64:ff9b::…).</summary>
    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily is not AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        var isCompatible = bytes.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0 && !address.Equals(IPAddress.IPv6Loopback) && !address.Equals(IPAddress.IPv6Any);
        var isTranslated = bytes.AsSpan(0, 12).SequenceEqual((byte[])[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]);
        return isCompatible || isTranslated ? new IPAddress(bytes.AsSpan(12)) : address;
    }

    private static bool Contains(IPNetwork network, IPAddress address) => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address);
}
