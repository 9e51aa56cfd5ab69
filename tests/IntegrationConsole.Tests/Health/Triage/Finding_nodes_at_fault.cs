using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Triage;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Tests.Health.Triage;

/// <summary>
/// Of two letters each: who, and what. ! opens for want of an answer, ? because a sign-in is refused, and ~ did so before it
/// was woken; . is answered when it tries, - is not; x is a person who closes the circuit.
/// </summary>
public sealed class Finding_nodes_at_fault
{
    private static readonly TenantName North = new(new TenantId(Guid.CreateVersion7()), "north", "North");
    private static readonly TenantName South = new(new TenantId(Guid.CreateVersion7()), "south", "South");

    [Theory]
    [InlineData("b! a. b! a.", "b 2")]
    [InlineData("b! a. b! c. b! a.", "b 3")]
    [InlineData("b! a. b! a. b!", "b 2")]
    [InlineData("b! b- a. b! b- b- a.", "b 2")]
    [InlineData("b! x b! a. b! a.", "b 2")]
    [InlineData("b~ a. b! a. b! a.", "b 2")]
    [InlineData("b? a. b! a. b! a.", "b 2")]
    [InlineData("", "")]
    [InlineData("b! a.", "")]
    [InlineData("b! a. b!", "")]
    [InlineData("b! a- a. b! a.", "")]
    [InlineData("b! a. b! a. b! b.", "")]
    [InlineData("a! b. b! a. b! a.", "")]
    [InlineData("b! x b! x b! a.", "")]
    [InlineData("b? a. b? a.", "")]
    [InlineData("b~ a. b~ a. b! a.", "")]
    [InlineData("b! b- b- b-", "")]
    public void One_that_gets_no_answer_where_another_does_each_time(string story, string expected)
    {
        var fault = NodeFaults.Find(Tell(story, North, Guid.NewGuid(), "Shop")).SingleOrDefault();

        Assert.Equal(expected, fault is null ? "" : $"{fault.Node} {fault.Where.Single().Times}");
    }

    [Fact]
    public void Is_one_fault_over_all_connections_and_tenants()
    {
        var (shop, books) = (Guid.NewGuid(), Guid.NewGuid());

        var fault = Assert.Single(NodeFaults.Find([
            .. Tell("b! a. b! a.", North, shop, "Shop"), .. Tell("b! a. b! a. b! a.", South, books, "Books"), .. Tell("a! b. a!", South, Guid.NewGuid(), "Other")]));

        Assert.Equal([books, shop], fault.Where.Select(reach => reach.ConnectionId));
        Assert.Equal("b opened the circuit of Books 3 times in 15 minutes, and other nodes got through each time. So it was with 1 more connection.", fault.Evidence);
    }

    [Fact]
    public void Is_one_card_with_all_that_it_brings_down_and_needs_somebody()
    {
        var (shop, erp) = (Guid.NewGuid(), Guid.NewGuid());
        var faults = NodeFaults.Find(Tell("b! a. b! a. b!", North, shop, "Shop"));
        Ailing[] ailing =
        [
            Connection(shop, "Shop", FailureCause.Timeout), Connection(erp, "Erp", FailureCause.Timeout),
            new(North, ObjectKind.Sync, Guid.NewGuid(), "Orders", "orders", HealthState.Failing, Given.Minutes(5), [Stopped()], shop, Guid.NewGuid()),
        ];

        var causes = RootCauses.Find(ailing, [], faults);

        Assert.Equal(["One node", "Timed out"], causes.Select(cause => cause.Title));
        Assert.Equal(("node b", false, "b opened the circuit of Shop 2 times in 15 minutes, and other nodes got through each time."), (causes[0].Subject, causes[0].HealsItself, causes[0].Evidence));
        Assert.Equal("Orders", causes[0].Integrations.Single().Name);
        Assert.Equal((RemedyKind.Standby, "Standby node b…", "/fleet/nodes?standby=b"), (causes[0].Remedy.Kind, causes[0].Remedy.Words, causes[0].Remedy.Href));
        Assert.Equal("Erp", causes[1].Subject);
    }

    [Fact]
    public void Is_a_card_although_everything_is_well_just_now()
    {
        var cause = Assert.Single(RootCauses.Find([], [], NodeFaults.Find(Tell("b! a. b! a.", North, Guid.NewGuid(), "Shop"))));

        Assert.Equal(("node b", HealthState.Degraded, North), (cause.Subject, cause.State, cause.Tenants.Single()));
    }

    [Fact]
    public void A_secret_that_is_refused_there_too_is_a_cause_of_its_own()
    {
        var shop = Guid.NewGuid();

        var causes = RootCauses.Find([Connection(shop, "Shop", FailureCause.Auth)], [], NodeFaults.Find(Tell("b! a. b! a.", North, shop, "Shop")));

        Assert.Equal(["One node", "Sign-in refused"], causes.Select(cause => cause.Title).Order());
    }

    private static List<CircuitChange> Tell(string story, TenantName tenant, Guid connection, string name)
    {
        var state = CircuitState.Closed;
        var at = Given.Minutes(14);
        var changes = new List<CircuitChange>();
        foreach (var word in story.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            at = at.AddSeconds(30);
            var node = word == "x" ? "" : word[..1];
            var cause = word[^1] is '?' ? FailureCause.Auth : FailureCause.TargetDown;
            if (word[^1] is '.' or '-')
            {
                Add(CircuitState.HalfOpen, cause, node);
            }

            var closes = word[^1] is '.' or 'x';
            Add(closes ? CircuitState.Closed : CircuitState.Open, closes ? null : cause, node, isExcused: word[^1] is '~');
        }

        return changes;

        void Add(CircuitState to, FailureCause? cause, string node, bool isExcused = false)
        {
            changes.Add(new CircuitChange(tenant, connection, name, state, to, cause, node, at, isExcused));
            state = to;
        }
    }

    private static Ailing Connection(Guid id, string name, FailureCause cause) => new(
        North, ObjectKind.Connection, id, name, "", HealthState.Failing, Given.Minutes(5),
        [new Finding(HealthDimension.Resilience, HealthState.Failing, $"{name} fails.", true, new Evidence(EvidenceKind.Connection, id)) { Cause = cause }], Host: "api.example");

    private static Finding Stopped() =>
        new(HealthDimension.Runs, HealthState.Failing, "A run failed.", true, new Evidence(EvidenceKind.Run, Guid.NewGuid())) { Cause = FailureCause.Timeout };
}
