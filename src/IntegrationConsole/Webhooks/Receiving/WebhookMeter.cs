using System.Diagnostics;
using System.Diagnostics.Metrics;
using IntegrationConsole.Connectors;
using IntegrationConsole.Webhooks.Verification;

namespace IntegrationConsole.Webhooks.Receiving;

/// <summary>Counts what senders brought, for whoever listens to the instrument: kept after the commit, refused at once.</summary>
internal static class WebhookMeter
{
    private static readonly Meter Meter = new(CallMeter.MeterName);

    private static readonly Counter<long> Deliveries = Meter.CreateCounter<long>("intconsole.webhook.deliveries", "{delivery}", "Deliveries to webhook endpoints, by what became of them: kept, met before, or why refused");

    public static void Kept(TenantId tenant, bool isNew) => Count(tenant, isNew ? "kept" : "duplicate");

    public static void Refused(TenantId tenant, Refusal refusal) => Count(tenant, refusal switch
    {
        Refusal.Unsigned => "unsigned",
        Refusal.WrongSignature => "wrong-signature",
        Refusal.Stale => "stale",
        Refusal.TooLarge => "too-large",
        Refusal.TooSlow => "too-slow",
        Refusal.TooMany => "too-many",
        Refusal.Off => "off",
        Refusal.NoSecret => "no-secret",
    });

    private static void Count(TenantId tenant, string outcome) => Deliveries.Add(1, new TagList { { "tenant", tenant.Value }, { "outcome", outcome } });
}
