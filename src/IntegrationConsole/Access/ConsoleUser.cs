using Microsoft.AspNetCore.Identity;

namespace IntegrationConsole.Access;

/// <summary>A person who signs in, with an e-mail address as the name.</summary>
public sealed class ConsoleUser : IdentityUser<Guid>
{
    public string DisplayName { get; set; } = "";

    public bool IsPlatformAdmin { get; set; }

    /// <summary>Since when this person may not sign in; null for everybody who may.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    public DateTimeOffset? LastSeenAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
