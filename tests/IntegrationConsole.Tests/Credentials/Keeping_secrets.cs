using System.Security.Cryptography;
using System.Text;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace IntegrationConsole.Tests.Credentials;

public sealed class Keeping_secrets
{
    private const string Secret = "Geheim-4711-s3cr3t";

    [Fact]
    public async Task Secrets_and_tokens_rest_sealed_and_are_in_no_table_at_all()
    {
        await using var world = await CredentialWorld.StartAsync();
        await world.GivenAsync(AuthenticationKind.Basic, Secret, ("user", "u"));
        var client = await world.GivenAClientAsync(3600);
        await world.ArrivalAsync(client);

        await using var session = await world.Console.Database.AcrossTenantsAsync(default);
        var tables = await session.ListAsync<string>("select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'", null, default);
        Assert.Contains("credential_token", tables);
        foreach (var table in tables)
        {
            // A row as text shows bytes in hexadecimal digits.
            foreach (var row in await session.ListAsync<string>($"select t::text from \"{table}\" t", null, default))
            {
                foreach (var secret in (string[])[Secret, "client secret/+ü", world.LatestToken])
                {
                    Assert.DoesNotContain(secret, row);
                    Assert.DoesNotContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)), row);
                    Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), row);
                }
            }
        }
    }

    [Fact]
    public async Task A_sealed_secret_does_not_open_in_another_place_or_for_another_tenant()
    {
        await using var world = await CredentialWorld.StartAsync();
        var one = await world.GivenAsync(AuthenticationKind.Bearer, Secret);
        var other = await world.GivenAsync(AuthenticationKind.Basic, "x", ("user", "u"));

        await using (var session = await world.Console.Database.InTenantAsync(world.Tenant, default))
        {
            await session.RunAsync("update credential set sealed = (select sealed from credential where id = @one) where id = @other", new { one, other }, default);
            await session.CommitAsync(default);
        }

        await Assert.ThrowsAnyAsync<CryptographicException>(() => world.Store.OpenAsync(world.Tenant, other, default));
        Assert.Null(await world.Store.OpenAsync(await world.Console.GivenATenantAsync(), one, default));
    }

    [Fact]
    public async Task Nothing_that_may_be_printed_holds_the_secret()
    {
        await using var world = await CredentialWorld.StartAsync();
        var draft = CredentialWorld.Draft(AuthenticationKind.Bearer, Secret);
        var id = (await world.Store.CreateAsync(world.Tenant, draft, TestConsole.Somebody, default))!.Value;

        var printed = $"{draft} {await world.Store.FindAsync(world.Tenant, id, default)} {(await world.Store.ListAsync(world.Tenant, default))[0]} {world.Proof(id)} {new DatabaseLogin("u", Secret)}";

        Assert.DoesNotContain(Secret, printed);
    }

    [Fact]
    public async Task Every_record_in_the_room_that_holds_a_secret_prints_without_it()
    {
        // The framework prints every member of a record by itself: whoever adds one must say otherwise.
        var records = typeof(CredentialStore).Assembly.GetTypes().Where(type =>
            type.Namespace == typeof(CredentialStore).Namespace && type.GetMethod("<Clone>$") is not null
            && type.GetProperties(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public).Any(property => property.Name is "Secret" or "Text" or "Password"));

        await Task.WhenAll(records.Select(type =>
        {
            var print = type.GetMethod("ToString", Type.EmptyTypes)!;
            Assert.Null(print.GetCustomAttributes(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute), false).SingleOrDefault());
            return Task.CompletedTask;
        }));
        Assert.True(records.Count() >= 3);
    }

    [Fact]
    public async Task The_audit_trail_and_the_log_tell_what_happened_and_no_secret()
    {
        var log = new CapturedLog();
        await using var world = await CredentialWorld.StartAsync(configure: log.AddTo);
        var draft = CredentialWorld.Draft(AuthenticationKind.Bearer, Secret);
        var id = (await world.Store.CreateAsync(world.Tenant, draft, TestConsole.Somebody, default))!.Value;
        await world.ArrivalAsync(id);
        await world.Store.UpdateAsync(world.Tenant, id, 1, draft with { Secret = Secret + "2" }, TestConsole.Somebody, default);
        await world.Store.UpdateAsync(world.Tenant, id, 2, draft with { Secret = "" }, TestConsole.Somebody, default);
        await world.Store.DeleteAsync(world.Tenant, id, TestConsole.Somebody, default);

        var entries = await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(ObjectKind: "credential"), null, 10, default);

        Assert.Equal([("delete", ""), ("change", ""), ("change", "secret replaced"), ("create", "Bearer")], entries.Select(entry => (entry.Action, entry.Detail)));
        Assert.DoesNotContain("Geheim", string.Join('\n', entries.Select(entry => entry.ToString())));
        Assert.DoesNotContain("Geheim", string.Join('\n', log.Lines));
    }

    [Fact]
    public async Task What_a_token_server_says_is_repeated_neither_in_the_failure_nor_in_the_log()
    {
        var log = new CapturedLog();
        await using var world = await CredentialWorld.StartAsync(configure: log.AddTo);
        var client = await world.GivenAClientAsync();
        IResult[] answers =
        [
            Results.Text($"t{Secret}"), Results.Text($"{{\"access_token\":\"{Secret}\\n\"}}"), Results.Text(Secret, statusCode: 400),
            Results.Json(new { error = Secret, error_description = Secret }, statusCode: 401), Results.Text($"<html>{Secret}</html>", statusCode: 500),
        ];
        foreach (var answer in answers)
        {
            world.Outside.Answer = _ => answer;

            var problem = await Assert.ThrowsAsync<IntegrationConsole.Connectors.Failures.FailureException>(() => world.SendAsync(client));

            Assert.DoesNotContain("Geheim", $"{problem} {problem.Failure.Answer} {problem.Failure.Code} {problem.Failure.Field}");
        }

        Assert.DoesNotContain("Geheim", string.Join('\n', log.Lines));
        Assert.DoesNotContain("client secret", string.Join('\n', log.Lines));
    }

    [Fact]
    public async Task A_name_is_given_once_and_of_two_editors_the_second_is_told()
    {
        await using var world = await CredentialWorld.StartAsync();
        var draft = CredentialWorld.Draft(AuthenticationKind.Bearer, Secret) with { Name = "Shop" };
        var id = (await world.Store.CreateAsync(world.Tenant, draft, TestConsole.Somebody, default))!.Value;
        var other = (await world.Store.CreateAsync(world.Tenant, draft with { Name = "Other" }, TestConsole.Somebody, default))!.Value;

        Assert.Null(await world.Store.CreateAsync(world.Tenant, draft with { Name = " SHOP" }, TestConsole.Somebody, default));
        Assert.Equal(Saved.Taken, await world.Store.UpdateAsync(world.Tenant, other, 1, draft with { Name = "shop" }, TestConsole.Somebody, default));
        Assert.Equal(Saved.Done, await world.Store.UpdateAsync(world.Tenant, id, 1, draft with { Secret = "first" }, TestConsole.Somebody, default));
        Assert.Equal(Saved.Outdated, await world.Store.UpdateAsync(world.Tenant, id, 1, draft with { Secret = "second" }, TestConsole.Somebody, default));
        Assert.Equal("first", (await world.Store.OpenAsync(world.Tenant, id, default))!.Value.Secret);
    }

    [Fact]
    public async Task A_change_without_a_new_secret_keeps_the_old_one()
    {
        var clock = new ManualClock();
        await using var world = await CredentialWorld.StartAsync(clock);
        var id = await world.GivenAsync(AuthenticationKind.Bearer, Secret);
        clock.Advance(TimeSpan.FromDays(1));
        var expires = clock.GetUtcNow().AddDays(30);

        await world.Store.UpdateAsync(world.Tenant, id, 1, CredentialWorld.Draft(AuthenticationKind.Bearer, "") with { ExpiresAt = expires }, TestConsole.Somebody, default);
        var (credential, secret) = (await world.Store.OpenAsync(world.Tenant, id, default))!.Value;

        Assert.Equal((Secret, expires, clock.GetUtcNow().AddDays(-1), 2), (secret, credential.ExpiresAt, credential.ReplacedAt, credential.Version));
    }

    [Fact]
    public async Task A_test_that_ran_while_the_secret_was_replaced_says_nothing_about_the_new_one()
    {
        await using var world = await CredentialWorld.StartAsync();
        var id = await world.GivenAsync(AuthenticationKind.Bearer, Secret);
        await world.Store.UpdateAsync(world.Tenant, id, 1, CredentialWorld.Draft(AuthenticationKind.Bearer, "new"), TestConsole.Somebody, default);

        await world.Store.SaveTestAsync(world.Tenant, id, 1, passed: true, "shop: fine", default);
        Assert.Null((await world.Store.FindAsync(world.Tenant, id, default))!.TestPassed);

        await world.Store.SaveTestAsync(world.Tenant, id, 2, passed: true, "shop: fine", default);
        Assert.True((await world.Store.FindAsync(world.Tenant, id, default))!.TestPassed);
    }

    [Fact]
    public async Task A_credential_in_use_cannot_be_deleted_and_another_tenant_cannot_delete_any()
    {
        await using var world = await CredentialWorld.StartAsync();
        var id = await world.GivenAsync(AuthenticationKind.Bearer, Secret);
        var connections = world.Console.Get<ConnectionStore>();
        var connection = (await connections.CreateAsync(world.Tenant, new ConnectionDraft("shop", "rest", "{}", id), TestConsole.Somebody, default))!.Value;
        var stranger = await world.Console.GivenATenantAsync();

        Assert.False(await world.Store.DeleteAsync(world.Tenant, id, TestConsole.Somebody, default));
        await world.Store.DeleteAsync(stranger, id, TestConsole.Somebody, default);
        Assert.NotNull(await world.Store.FindAsync(world.Tenant, id, default));

        await connections.DeleteAsync(world.Tenant, connection, TestConsole.Somebody, default);
        Assert.True(await world.Store.DeleteAsync(world.Tenant, id, TestConsole.Somebody, default));
        Assert.Null(await world.Store.FindAsync(world.Tenant, id, default));
    }

    [Fact]
    public async Task Its_use_is_noted_once_a_minute()
    {
        var clock = new ManualClock();
        await using var world = await CredentialWorld.StartAsync(clock);
        var id = await world.GivenAsync(AuthenticationKind.Bearer, Secret);
        Assert.Null((await world.Store.FindAsync(world.Tenant, id, default))!.LastUsedAt);
        var begin = clock.GetUtcNow();

        await world.ArrivalAsync(id);
        clock.Advance(TimeSpan.FromSeconds(40));
        await world.ArrivalAsync(id);
        Assert.Equal(begin, (await world.Store.FindAsync(world.Tenant, id, default))!.LastUsedAt);

        clock.Advance(TimeSpan.FromSeconds(40));
        await world.ArrivalAsync(id);
        Assert.Equal(begin.AddSeconds(80), (await world.Store.FindAsync(world.Tenant, id, default))!.LastUsedAt);
    }
}
