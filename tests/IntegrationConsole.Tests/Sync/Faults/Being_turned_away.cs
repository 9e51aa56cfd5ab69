using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Runs;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Faults;

public sealed class Being_turned_away
{
    private const string Pages = "/secure/oauth/nextlink";

    [Fact]
    public async Task A_wrong_password_of_the_database_fails_the_run_until_the_credential_is_replaced()
    {
        await using var world = await FaultWorld.StartAsync();
        await world.SetSecretAsync(world.Destination, Company.WrongPassword);

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.Auth, "127.0.0.1 does not accept the login");
        Assert.Equal((0, 0), (run.RecordsRead, run.Retries));
        Assert.Equal(20, (await world.ArrivedAsync()).Count);
        await world.SetSecretAsync(world.Destination, Company.DatabasePassword);
        await world.HealsAsync();
    }

    [Fact]
    public async Task A_wrong_password_of_the_source_fails_the_run_until_the_credential_is_replaced()
    {
        await using var world = await FaultWorld.StartAsync();
        await world.SetSecretAsync(world.Source, Company.WrongPassword);

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.Auth, "127.0.0.1 does not accept the credential (401)");
        Assert.Equal((0, 0), (run.RecordsRead, run.Retries));
        await world.SetSecretAsync(world.Source, SecureArea.Password);
        await world.HealsAsync();
    }

    [Fact]
    public async Task A_wrong_password_of_an_API_that_is_written_to_fails_the_run_and_sets_no_record_aside()
    {
        await using var world = await FaultWorld.StartAsync(Target.List);
        await world.SetSecretAsync(world.Destination, Company.WrongPassword);

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.Auth, "127.0.0.1 does not accept the credential (401)");
        Assert.Equal(20, (await world.ArrivedAsync()).Count);
        await world.SetSecretAsync(world.Destination, SecureArea.Password);
        await world.HealsAsync();
    }

    [Fact]
    public async Task A_token_that_is_revoked_in_the_middle_of_a_run_is_fetched_anew_once_and_the_run_goes_on()
    {
        await using var world = await FaultWorld.StartAsync(door: "oauth");
        var before = world.Company.Server.Tokens.Calls;
        world.Company.Server.Faults.Add(new Fault(Pages, FaultKind.Status) { Status = 401, After = 2, Times = 1 });

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 41), (run.State, run.RecordsRead));
        Assert.Equal(before + 1, world.Company.Server.Tokens.Calls);
        await world.EverybodyIsThereAsync();
    }

    [Fact]
    public async Task A_new_token_that_is_refused_too_ends_the_run_and_what_had_come_by_then_is_counted()
    {
        await using var world = await FaultWorld.StartAsync(door: "oauth");
        var before = world.Company.Server.Tokens.Calls;
        world.Company.Server.Faults.Add(new Fault(Pages, FaultKind.Status) { Status = 401, After = 2 });

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.Auth, "127.0.0.1 does not accept the credential (401)");
        Assert.Equal((20, 19, 1), (run.RecordsRead, run.Written, run.Unchanged));
        Assert.Equal(before + 1, world.Company.Server.Tokens.Calls);
        world.Company.Server.Faults.Clear();
        await world.HealsAsync();
    }

    [Fact]
    public async Task A_client_that_is_no_longer_known_ends_the_run_with_the_token_server_named()
    {
        await using var world = await FaultWorld.StartAsync(door: "oauth");
        world.Company.Server.Tokens.RevokeAll();
        world.Company.Server.Tokens.Refuses = true;

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.Auth, "127.0.0.1 (token server) does not accept the client id and secret");
        world.Company.Server.Tokens.Refuses = false;
        await world.HealsAsync();
    }
}
