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

        public string Explanation => scheme switch
        {
            WebhookScheme.Standard => "Headers webhook-id, webhook-timestamp and webhook-signature; many services sign in this way.",
            WebhookScheme.GitHub => "Header X-Hub-Signature-256; deliveries are told apart by X-GitHub-Delivery.",
            WebhookScheme.Stripe => "Header Stripe-Signature; deliveries are told apart by the event's id.",
            WebhookScheme.Hmac => "The body's HMAC in a header. It holds no time: an old delivery that somebody sends again is known by its id only.",
            WebhookScheme.SharedSecret => "The secret itself in a header. It says nothing about the body: choose a signature where the sender can make one.",
        };

        /// <summary>Whether the signature holds a time: only then is an old delivery known from a new one.</summary>
        public bool HasTime => scheme is WebhookScheme.Standard or WebhookScheme.Stripe;

        /// <summary>Whether the name of the header is the endpoint's to say.</summary>
        public bool NamesItsHeader => scheme is WebhookScheme.Hmac or WebhookScheme.SharedSecret;
    }
}
