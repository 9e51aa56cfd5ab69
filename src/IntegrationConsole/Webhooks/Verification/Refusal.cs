namespace IntegrationConsole.Webhooks.Verification;

/// <summary>Why a delivery was not taken.</summary>
public enum Refusal
{
    /// <summary>It carries no proof, or one that is no such proof.</summary>
    Unsigned,

    /// <summary>It was signed with another secret, or changed on its way.</summary>
    WrongSignature,

    /// <summary>The time in its signature lies too far from ours.</summary>
    Stale,

    TooLarge,

    /// <summary>Its body did not arrive in time.</summary>
    TooSlow,

    /// <summary>The endpoint had more than it takes in a minute.</summary>
    TooMany,

    /// <summary>The endpoint is switched off.</summary>
    Off,

    /// <summary>There is no secret to verify with.</summary>
    NoSecret,
}

public static class RefusalWords
{
    extension(Refusal refusal)
    {
        public string Words => refusal switch
        {
            Refusal.Unsigned => "without a signature",
            Refusal.WrongSignature => "signature does not fit",
            Refusal.Stale => "too old",
            Refusal.TooLarge => "too large",
            Refusal.TooSlow => "too slow",
            Refusal.TooMany => "too many in a minute",
            Refusal.Off => "while switched off",
            Refusal.NoSecret => "no secret to verify with",
        };

        /// <summary>What somebody does about it.</summary>
        public string Advice => refusal switch
        {
            Refusal.Unsigned => "The sender signs in another way than this endpoint expects: check the verification, and the name of the header.",
            Refusal.WrongSignature => "Sender and endpoint have different secrets, or the body was changed on its way.",
            Refusal.Stale => "The sender's clock is wrong, or it sends again what it signed long ago: widen the replay window if that is meant.",
            Refusal.TooLarge => "Raise the largest body, if the sender may send such.",
            Refusal.TooSlow => "The sender, or the network between, did not deliver the body in time.",
            Refusal.TooMany => "The sender is told to try again; raise Letterbox__MostKeptPerMinute if it may send so many.",
            Refusal.Off => "Switch the endpoint on to take deliveries again.",
            Refusal.NoSecret => "Enter a secret.",
        };
    }
}
