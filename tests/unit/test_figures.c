/* SPDX-License-Identifier: Apache-2.0 */
#include "model_case.h"

#include "model/figure_text.h"
#include "model/figures.h"

static struct cgm_figure *figures;
static size_t n_figures;

static void make(struct model_case *c)
{
	free(figures);
	figures = NULL;
	case_explain(c);
	assert_int_equal(cgm_figures_make(&c->s, &c->b, &figures, &n_figures), 0);
}

static void done(struct model_case *c)
{
	free(figures);
	figures = NULL;
	case_end(c);
}

static const struct cgm_figure *figure(const char *tool, const char *versions)
{
	for (size_t i = 0; i < n_figures; i++)
		if (!strcmp(figures[i].tool, tool) &&
		    (!versions || !strcmp(figures[i].versions, versions)))
			return &figures[i];
	return NULL;
}

static void check(const char *tool, const char *versions, uint64_t bytes, const char *text)
{
	const struct cgm_figure *f = figure(tool, versions);

	assert_non_null(f);
	assert_true(f->bytes.known);
	assert_int_equal(f->bytes.v, bytes);
	assert_string_equal(f->text, text);
	assert_non_null(f->formula);
}

/* 83 MiB charged: 20 inactive, 10 active, 12 shared, 40 anonymous, 1 of the kernel. */
static void group(struct model_case *c, int version)
{
	case_start(c, version);
	plant(c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, 20 * MIB);
	plant(c, CGM_FILE_CACHE, CGM_ACTIVE_FILE, 10 * MIB);
	plant_shmem(c, 12 * MIB);
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, 39 * MIB);
	plant_kernel(c, CGM_SLAB_UNRECLAIMABLE, 512 * KIB);
	cgm_set(&c->s.now, CGM_LOCAL_CACHE, 42 * MIB);
	add_proc(c, 100, 1, "web", 30 * MIB);
	add_proc(c, 101, 100, "web", 9 * MIB);
}

static void test_v1(void **state)
{
	struct model_case c;

	(void)state;
	group(&c, 1);
	make(&c);
	check("docker stats", "20.10 and later", 63 * MIB, "63MiB");
	check("docker stats", "17.06 to 19.03", 41 * MIB, "41MiB");
	check("docker stats", "1.12 to 17.05", 83 * MIB, "83MiB");
	check("docker stats", "before 1.12", 83 * MIB, "87.03 MB");
	check("Docker API documentation", NULL, 41 * MIB, "42991616");
	check("podman stats", "up to 3.4", 83 * MIB, "87.03MB");
	check("podman stats", "4.0 to 4.6", 83 * MIB, "87.03MB");
	check("podman stats", "4.7 to 5.5", 52 * MIB, "54.53MB");
	check("podman stats", "5.6 and later", 63 * MIB, "66.06MB");
	check("nerdctl stats", NULL, 63 * MIB, "63MiB");
	check("crictl stats", NULL, 63 * MIB, "66.06MB");
	check("kubectl top", NULL, 63 * MIB, "63Mi");
	check("cAdvisor working set", NULL, 63 * MIB, "66060288");
	check("cAdvisor rss", NULL, 40 * MIB, "41943040");
	check("cAdvisor cache", NULL, 42 * MIB, "44040192");
	check("systemd-cgtop", NULL, 83 * MIB, "83.0M");
	check("ctop", NULL, 41 * MIB, "41M");
	check("lazydocker", NULL, 83 * MIB, "83.00MiB");
	check("ps RSS", NULL, 41 * MIB, "41984");
	check("ps VSZ", NULL, 47 * MIB, "48128");
	check("PSS", NULL, 41 * MIB, "41984");
	check("top RES", NULL, 31 * MIB, "31744");
	assert_null(figure("below", NULL));
	assert_null(figure("free used", NULL));
	assert_int_equal(figure("docker stats", "20.10 and later")->difference, 0);
	assert_int_equal(figure("cAdvisor usage", NULL)->difference, 20 * (int64_t)MIB);
	assert_int_equal(figure("cAdvisor rss", NULL)->difference, -23 * (int64_t)MIB);
	assert_non_null(strstr(figure("kubectl top", NULL)->formula, "usage_in_bytes"));
	done(&c);
}

static void test_v2(void **state)
{
	struct model_case c;

	(void)state;
	group(&c, 2);
	make(&c);
	check("docker stats", NULL, 63 * MIB, "63MiB");
	check("Docker API documentation", NULL, 63 * MIB, "66060288");
	check("podman stats", "up to 3.4", 83 * MIB, "87.03MB");
	check("podman stats", "4.0 to 4.6", 40 * MIB, "41.94MB");
	check("podman stats", "4.7 to 5.5", 40 * MIB, "41.94MB");
	check("podman stats", "5.6 and later", 63 * MIB, "66.06MB");
	check("below", NULL, 83 * MIB, "83.0 MB");
	check("ctop", NULL, 83 * MIB, "83M");
	assert_null(figure("docker stats", "17.06 to 19.03"));
	assert_non_null(strstr(figure("kubectl top", NULL)->formula, "memory.current"));
	done(&c);
}

/* Where the inactive list is not below usage, docker and nerdctl show usage, the others 0. */
static void test_edge(void **state)
{
	struct model_case c;

	(void)state;
	group(&c, 2);
	cgm_set(&c.s.now, CGM_INACTIVE_FILE, 83 * MIB);
	make(&c);
	check("docker stats", NULL, 83 * MIB, "83MiB");
	check("nerdctl stats", NULL, 83 * MIB, "83MiB");
	check("podman stats", "5.6 and later", 0, "0B");
	check("crictl stats", NULL, 0, "0B");
	check("kubectl top", NULL, 0, "0Mi");
	check("cAdvisor working set", NULL, 0, "0");
	cgm_set(&c.s.now, CGM_INACTIVE_FILE, 83 * MIB - 1);
	make(&c);
	check("docker stats", NULL, 1, "1B");
	check("kubectl top", NULL, 1, "0Mi");
	done(&c);
}

/* docker 17.06 subtracted without looking: below zero it showed 16EiB. */
static void test_wraps(void **state)
{
	struct model_case c;
	const struct cgm_figure *f;

	(void)state;
	group(&c, 1);
	cgm_set(&c.s.now, CGM_LOCAL_CACHE, 83 * MIB);
	make(&c);
	check("docker stats", "17.06 to 19.03", 0, "0B");
	cgm_set(&c.s.now, CGM_LOCAL_CACHE, 83 * MIB + 1);
	make(&c);
	f = figure("docker stats", "17.06 to 19.03");
	assert_false(f->bytes.known);
	assert_false(f->has_difference);
	assert_string_equal(f->text, "16EiB");
	done(&c);
}

static void test_unknown(void **state)
{
	struct model_case c;

	(void)state;
	group(&c, 2);
	c.s.now.state[CGM_ANON] = CGM_DENIED;
	c.procs[1].rss_file.known = c.procs[1].pss.known = false;
	make(&c);
	assert_false(figure("cAdvisor rss", NULL)->bytes.known);
	assert_string_equal(figure("cAdvisor rss", NULL)->text, "-");
	assert_false(figure("PSS", NULL)->bytes.known);
	assert_true(figure("ps RSS", NULL)->bytes.known);
	/* without docker's figure there is no difference from it */
	assert_false(figure("ps RSS", NULL)->has_difference);
	done(&c);
}

static void test_host(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	c.s.target.kind = CGM_TARGET_HOST;
	c.s.host.mem_free = opt(GIB);
	c.s.host.mem_available = opt(5 * GIB);
	c.s.host.buffers = opt(GIB);
	c.s.host.cached = opt(2 * GIB);
	c.s.host.slab_reclaimable = opt(GIB);
	c.s.containers_docker = opt(3 * MIB);
	make(&c);
	assert_int_equal(n_figures, 3);
	check("docker stats of all", "20.10 and later", 3 * MIB, "3MiB");
	check("free used", "procps 4 and later", 3 * GIB, "3145728");
	check("free used", "procps up to 3", 3 * GIB, "3145728");
	assert_false(figures[0].has_difference);
	c.s.host.mem_available.known = false;
	make(&c);
	assert_false(figure("free used", "procps 4 and later")->bytes.known);
	done(&c);
}

static void test_texts(void **state)
{
	static const struct {
		cgm_figure_text_fn *fn;
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{cgm_text_decimal, 0, "0B"},
		{cgm_text_decimal, 999, "999B"},
		{cgm_text_decimal, 1000, "1kB"},
		{cgm_text_decimal, 41734144, "41.73MB"},
		{cgm_text_decimal, UINT64_MAX, "18.45EB"},
		{cgm_text_old_docker, 883600000, "883.6 MB"},
		{cgm_text_kubectl, MIB - 1, "0Mi"},
		{cgm_text_kubectl, 1545 * MIB + 5, "1545Mi"},
		{cgm_text_cgtop, 0, "0B"},
		{cgm_text_cgtop, 1023, "1023B"},
		{cgm_text_cgtop, 1024, "1.0K"},
		{cgm_text_cgtop, 2 * MIB - 1, "1.9M"},
		{cgm_text_cgtop, UINT64_MAX, "15.9E"},
		{cgm_text_below, 0, "0.0 B"},
		{cgm_text_below, 1536, "1.5 KB"},
		{cgm_text_ctop, 1023, "1023B"},
		{cgm_text_ctop, 2047, "2K"},
		{cgm_text_ctop, 40 * MIB, "40M"},
		{cgm_text_ctop, 40 * MIB + 512 * KIB, "40.5M"},
		{cgm_text_lazydocker, 0, "0B"},
		{cgm_text_lazydocker, 1024, "1024.00B"},
		{cgm_text_lazydocker, 1025, "1.00kiB"},
		{cgm_text_kib, 2047, "1"},
		{cgm_text_bytes, UINT64_MAX, "18446744073709551615"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char buf[CGM_TEXT_MAX];

		cases[i].fn(buf, cases[i].bytes);
		assert_string_equal(buf, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v1),	cmocka_unit_test(test_v2),
		cmocka_unit_test(test_edge),	cmocka_unit_test(test_wraps),
		cmocka_unit_test(test_unknown), cmocka_unit_test(test_host),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
