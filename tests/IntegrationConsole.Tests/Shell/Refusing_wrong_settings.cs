using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Shell;
using IntegrationConsole.Sync;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Shell;

public sealed class Refusing_wrong_settings
{
    [Theory]
    [InlineData("Worker:ConcurrentRuns", "0", "Worker__ConcurrentRuns must be between 1 and 200.")]
    [InlineData("Access:SessionLasts", "00:00:01", "Access__SessionLasts must be between 00:05:00 and 30.00:00:00.")]
    [InlineData("Outgoing:AllowedNetworks:0", "10.20.0.0/99", "Outgoing__AllowedNetworks holds 10.20.0.0/99, which is not a network such as 10.20.0.0/16.")]
    [InlineData("Worker:ConcurrentRuns", "many", "Worker__ConcurrentRuns must be a whole number.")]
    [InlineData("Outgoing:AllowUnencrypted", "perhaps", "Outgoing__AllowUnencrypted must be true or false.")]
    [InlineData("Access:LinkLasts", "soon", "Access__LinkLasts must be a time such as 00:30:00, or 1.12:00:00 for a day and a half.")]
    public void A_setting_that_cannot_be_used_stops_the_start_with_a_sentence_that_names_it(string path, string value, string sentence) =>
        Assert.Equal(sentence, WrongSettings.SentenceOf(Assert.ThrowsAny<Exception>(() => Refuse(new() { [path] = value }))));

    [Fact]
    public void All_wrong_settings_are_named_at_once()
    {
        var problem = Assert.Throws<StartProblem>(() => Refuse(new() { ["Worker:ConcurrentRuns"] = "0", ["Access:SignInsPerMinute"] = "0" }));

        Assert.Contains("Worker__ConcurrentRuns", problem.Message);
        Assert.Contains("Access__SignInsPerMinute", problem.Message);
    }

    [Fact]
    public void The_defaults_are_not_refused() => Refuse([]);

    [Fact]
    public void What_is_our_own_mistake_keeps_its_stack_trace() => Assert.Null(WrongSettings.SentenceOf(new InvalidOperationException("Sequence contains no elements")));

    private static void Refuse(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        services.AddAccess().AddConnectors().AddSync(configuration, isWorker: false);
        using var provider = services.BuildServiceProvider();
        WrongSettings.Refuse(provider);
    }
}
