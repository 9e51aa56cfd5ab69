using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Access;

/// <summary>
/// One-time links with which a person chooses a password: the first administrator's, printed at the start, and those
/// that the users page gives out. The secret stands behind the '#', which browsers do not send, so it is in no log.
/// </summary>
public sealed class AccessLinks(ConsoleDatabase database, UserManager<ConsoleUser> users, AuditTrail audit, IOptions<AccessOptions> options, TimeProvider clock)
{
    public const string Path = "/welcome";

    /// <summary>A fresh link's path for somebody who exists, or for the first administrator (null). Older ones end.</summary>
    public async Task<string> CreateAsync(Guid? userId, CancellationToken cancellationToken)
    {
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)).Replace('+', '-').Replace('/', '_');
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);

        // Of two nodes that start together and print a link each, the second one's is good.
        await session.RunAsync("select pg_advisory_xact_lock(hashtextextended('access-link', 0))", null, cancellationToken);
        await session.RunAsync("delete from access_link where user_id is not distinct from @userId", new { userId }, cancellationToken);
        await session.RunAsync(
            "insert into access_link (token_hash, user_id, created_at, expires_at) values (@hash, @userId, @now, @expires)",
            new { hash = HashOf(secret), userId, now, expires = now + options.Value.LinkLasts }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return $"{Path}#{secret}";
    }

    /// <summary>Whether nobody can sign in yet, so that the start has to print the first link.</summary>
    public async Task<bool> NeedsFirstAdministratorAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return !await session.OneAsync<bool>(
            "select exists (select from access_user where is_platform_admin and password_hash is not null and disabled_at is null)", null, cancellationToken);
    }

    /// <summary>Uses a link up. The first administrator's link also makes the person.</summary>
    /// <returns>The person who may now sign in, or the sentences that say why not.</returns>
    public async Task<(ConsoleUser? User, IReadOnlyList<string> Problems)> RedeemAsync(
        string secret, string email, string displayName, string password, CancellationToken cancellationToken)
    {
        // The row is held until the link is used up: whoever comes second with it waits here, and finds it used.
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        await session.StandStillAsync(People.SavedWithin, cancellationToken);
        var link = await FindAsync(session, secret, "for update of l", cancellationToken);
        if (link is null)
        {
            return (null, ["This link has been used or has expired. Ask for a new one, or restart the console to print the first administrator's."]);
        }

        var (prepared, problems) = link.UserId is { } known
            ? await ChooseAsync(known, password)
            : await CreateFirstAsync(email.Trim(), displayName.Trim(), password);
        if (problems.Count > 0)
        {
            return (null, problems);
        }

        await session.RunAsync("update access_link set used_at = @now where token_hash = @hash", new { now = clock.GetUtcNow(), hash = HashOf(secret) }, cancellationToken);
        await audit.AppendAsync(session, null, new Actor(prepared!.Id, prepared.Email!), new AuditEvent(
            "choose password", "user", prepared.Id.ToString(), prepared.Email!, link.UserId is null ? "first administrator" : "by link"), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return (prepared, []);
    }

    /// <summary>Whose link this is: null for none, an empty name for the first administrator's.</summary>
    public async Task<string?> OwnerAsync(string secret, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var link = await FindAsync(session, secret, "", cancellationToken);
        return link is null ? null : link.UserId is { } id ? (await users.FindByIdAsync(id.ToString()))?.Email ?? "" : "";
    }

    /// <summary>A link that still works: the first administrator's until there is one, another person's while they are let in.</summary>
    private async Task<Link?> FindAsync(DatabaseSession session, string secret, string locking, CancellationToken cancellationToken) =>
        secret.Length is 0 or > 100 ? null : await session.FindAsync<Link>($"""
            select l.user_id from access_link l
            where l.token_hash = @hash and l.used_at is null and l.expires_at > @now
              and case when l.user_id is null
                       then not exists (select from access_user where is_platform_admin and password_hash is not null and disabled_at is null)
                       else exists (select from access_user u where u.id = l.user_id and u.disabled_at is null) end
            {locking}
            """, new { hash = HashOf(secret), now = clock.GetUtcNow() }, cancellationToken);

    private async Task<(ConsoleUser? User, IReadOnlyList<string> Problems)> CreateFirstAsync(string email, string displayName, string password)
    {
        var user = new ConsoleUser
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            UserName = email,
            Email = email,
            DisplayName = displayName.Length > 0 ? displayName : email,
            IsPlatformAdmin = true,
            CreatedAt = clock.GetUtcNow(),
        };
        var created = await users.CreateAsync(user, password);
        return created.Succeeded ? (user, []) : (null, created.Sentences);
    }

    private async Task<(ConsoleUser? User, IReadOnlyList<string> Problems)> ChooseAsync(Guid userId, string password)
    {
        var user = await users.FindByIdAsync(userId.ToString());
        if (user is null)
        {
            return (null, ["This person does not exist any more."]);
        }

        var token = await users.GeneratePasswordResetTokenAsync(user);
        var changed = await users.ResetPasswordAsync(user, token, password);
        if (!changed.Succeeded)
        {
            return (null, changed.Sentences);
        }

        await users.SetLockoutEndDateAsync(user, null);
        await users.ResetAccessFailedCountAsync(user);
        return (user, []);
    }

    private static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private sealed record Link(Guid? UserId);
}
