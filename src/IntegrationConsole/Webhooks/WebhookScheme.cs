using System.Text.Json.Serialization;

namespace IntegrationConsole.Webhooks;

/// <summary>How a delivery proves where it comes from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WebhookScheme>))]
public enum WebhookScheme
{
    /// <summary>Standard Webhooks: an HMAC over id, time and body, in <c>webhook-signature</c>.</summary>
    Standard,

    GitHub,

    Stripe,

    /// <summary>An HMAC over the body in a header of any name.</summary>
    Hmac,

    /// <summary>The secret itself in a header.</summary>
    SharedSecret,
}

[JsonConverter(typeof(JsonStringEnumConverter<SignatureAlgorithm>))]
public enum SignatureAlgorithm
{
    Sha256,
    Sha512,
}

[JsonConverter(typeof(JsonStringEnumConverter<SignatureEncoding>))]
public enum SignatureEncoding
{
    Hex,
    Base64,
}

public static class WebhookWords
{
    extension(WebhookScheme scheme)
    {
        public string Words => scheme switch
        {
            WebhookScheme.Standard => "Standard Webhooks",
            WebhookScheme.GitHub => "GitHub",
            WebhookScheme.Stripe => "Stripe",
            WebhookScheme.Hmac => "HMAC in a header",
            WebhookScheme.SharedSecret => "Secret in a header",
        };

        /// <summary>Whether the signature holds a time: only then is an old delivery known from a new one.</summary>
        public bool HasTime => scheme is WebhookScheme.Standard or WebhookScheme.Stripe;

        /// <summary>Whether the name of the header is the endpoint's to say.</summary>
        public bool NamesItsHeader => scheme is WebhookScheme.Hmac or WebhookScheme.SharedSecret;
    }
}
